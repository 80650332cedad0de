// Other implementations' command lines, in a folder of their own that goes away with the object.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "ca/base/file.h"

namespace chancery::test {

class CommandLine {
 public:
  CommandLine() {
    std::string pattern = (std::filesystem::temp_directory_path() / "chancery-interop-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~CommandLine() { std::filesystem::remove_all(folder_); }
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  void write(const std::string& name, const std::string& text) const {
    const Result<void> written = write_new_file(folder_ / name, as_bytes(text), 0600);
    if (!written) throw std::runtime_error(written.error().message);
  }
  // Runs `command` in the folder; its output, and "exit N" when that is not 0.
  [[nodiscard]] std::string run(const std::string& command) const {
    const std::string line = "cd '" + folder_.string() + "' && { " + command + " ; } 2>&1";
    FILE* pipe = popen(line.c_str(), "r");
    if (pipe == nullptr) return "cannot start";
    std::string output;
    std::array<char, 4096> chunk{};
    while (const std::size_t size = fread(chunk.data(), 1, chunk.size(), pipe))
      output.append(chunk.data(), size);
    const int status = pclose(pipe);
    return status == 0 ? output : output.substr(0, 2000) + "exit " + std::to_string(status);
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace chancery::test
