// A folder of its own, a clock that stands still, and the two scripts that tests change a field of.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "ca/base/file.h"
#include "ca/ceremony/run/run.h"

namespace chancery::ceremony::testing {

inline constexpr std::string_view root_passphrase = "correct horse root";
inline constexpr std::string_view intermediate_passphrase = "correct horse intermediate";

inline const std::string root_script = R"(ceremony: root
title: "Test root"
subject:
  country: CH
  organization: Example
  common_name: Test Root
key: P-384
validity:
  lifetime: 3650d
outputs:
  certificate: root.pem
  key: root.key.pem
)";

inline const std::string intermediate_script = R"(ceremony: intermediate
title: "Test intermediate"
subject:
  organization: Example
  common_name: Test Issuing CA
key: P-256
validity:
  lifetime: 1826d
issuer:
  certificate: root.pem
  key: root.key.pem
path_length: 0
crl_distribution_points: ["http://pki.example/root.crl"]
ca_issuers: ["http://pki.example/root.pem"]
outputs:
  certificate: intermediate.pem
  key: intermediate.key.pem
  chain: chain.pem
)";

// `text` with its one `from` made `to`.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

class Recorder final : public Progress {
 public:
  void begin(std::size_t number, std::size_t total, std::string_view what) override {
    lines.push_back(std::to_string(number) + "/" + std::to_string(total) + " " + std::string(what));
  }
  void done(std::string_view result) override { lines.back() += " ok " + std::string(result); }
  void failed() override { lines.back() += " FAILED"; }
  std::vector<std::string> lines;
};

inline Result<SecretBytes> no_prompt(std::string_view) {
  return make_error(ErrorCode::unavailable, "the test has no terminal");
}

class CeremonyTest : public ::testing::Test {
 protected:
  CeremonyTest() {
    std::string pattern = ::testing::TempDir() + "ceremony-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    output = folder + "/out";
    std::filesystem::create_directory(output);
    root_passphrase_file = write("root.passphrase", root_passphrase);
    intermediate_passphrase_file = write("intermediate.passphrase", intermediate_passphrase);
  }
  ~CeremonyTest() override { std::filesystem::remove_all(folder); }

  std::string write(const std::string& name, std::string_view content, mode_t mode = 0600) const {
    const std::string path = (std::filesystem::path(folder) / name).string();
    std::ofstream(path, std::ios::binary) << content;
    ::chmod(path.c_str(), mode);
    return path;
  }

  Result<Outcome> hold(const std::string& yaml, const std::string& new_file,
                       const std::string& issuer_file = "", const std::string& into = "") {
    const Result<Script> script = parse_script(yaml, "test.yaml");
    if (!script) return script.error();
    const Passphrases passphrases(new_file, issuer_file, no_prompt);
    const std::string& target = into.empty() ? output : into;
    return run({*script, target, passphrases, clock, random}, progress);
  }
  Result<Outcome> hold_root(const std::string& yaml = root_script) {
    return hold(yaml, root_passphrase_file);
  }
  Result<Outcome> hold_intermediate(const std::string& yaml = intermediate_script) {
    return hold(yaml, intermediate_passphrase_file, root_passphrase_file);
  }

  // Every file of the output folder with its bytes: what "nothing changed" compares.
  [[nodiscard]] std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(output)) {
      files[entry.path().filename().string()] = read(entry.path().string());
    }
    return files;
  }
  [[nodiscard]] static std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  [[nodiscard]] std::string out(const std::string& name) const { return output + "/" + name; }

  std::string folder, output, root_passphrase_file, intermediate_passphrase_file;
  FixedClock clock{parse_rfc3339("2026-03-01T12:00:00Z").value()};
  SystemRandom random;
  Recorder progress;
};

}  // namespace chancery::ceremony::testing
