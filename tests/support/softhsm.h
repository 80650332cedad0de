// Tokens in software (SoftHSM2), made for one test in a folder of its own.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace chancery::test {

// Sets SOFTHSM2_CONF of this process: one at a time.
class SoftHsm {
 public:
  static constexpr const char* module = "/usr/lib/softhsm/libsofthsm2.so";
  static constexpr const char* pin = "1234-abcd";

  SoftHsm() {
    std::string pattern = (std::filesystem::temp_directory_path() / "chancery-softhsm-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for SoftHSM");
    folder_ = pattern;
    std::filesystem::create_directory(tokens());
    std::ofstream(folder_ / "softhsm2.conf") << "directories.tokendir = " << tokens().string()
                                             << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    setenv("SOFTHSM2_CONF", (folder_ / "softhsm2.conf").c_str(), 1);
  }
  ~SoftHsm() {
    unsetenv("SOFTHSM2_CONF");
    std::filesystem::remove_all(folder_);
  }
  SoftHsm(const SoftHsm&) = delete;
  SoftHsm& operator=(const SoftHsm&) = delete;

  // A new initialised token; call it before a module is loaded.
  void add_token(const std::string& label) const {
    run("softhsm2-util --init-token --free --label '" + label + "' --so-pin 12345678 --pin " + pin);
  }
  // A key that was made outside: SoftHSM knows that.
  void import_key(const std::string& token, const std::string& pkcs8_file, const std::string& label) const {
    run("softhsm2-util --import " + pkcs8_file + " --token '" + token + "' --label '" + label +
        "' --id a1 --pin " + pin);
  }
  // As if every token were pulled out.
  void remove_tokens() const {
    for (const auto& entry : std::filesystem::directory_iterator(tokens()))
      std::filesystem::remove_all(entry);
  }
  [[nodiscard]] std::filesystem::path folder() const { return folder_; }

 private:
  [[nodiscard]] std::filesystem::path tokens() const { return folder_ / "tokens"; }
  void run(const std::string& command) const {
    const std::string log = (folder_ / "log").string();
    if (std::system((command + " >'" + log + "' 2>&1").c_str()) != 0) throw std::runtime_error(command);
  }

  std::filesystem::path folder_;
};

}  // namespace chancery::test
