#include "ca/ceremony/preflight/kernel_file.h"

#include <sstream>

#include "ca/base/file.h"

namespace chancery::ceremony {

Result<std::string> read_kernel_file(const Machine& machine, const std::string& path) {
  constexpr std::size_t limit = std::size_t{1} << 20U;
  return read_file(machine.root + path, limit);
}

Result<std::vector<std::string>> read_kernel_lines(const Machine& machine, const std::string& path) {
  const Result<std::string> text = read_kernel_file(machine, path);
  if (!text) return text.error();
  std::istringstream stream(*text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace chancery::ceremony
