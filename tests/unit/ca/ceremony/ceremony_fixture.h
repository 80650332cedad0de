// A folder and a machine of its own, a clock that stands still, people who answer right unless a test says
// otherwise, and the two scripts that tests change a field of.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "ca/base/file.h"
#include "ca/ceremony/replay/judge.h"
#include "ca/ceremony/run/run.h"

namespace chancery::ceremony::testing {

inline constexpr std::string_view root_passphrase = "correct horse root";
inline constexpr std::string_view intermediate_passphrase = "correct horse intermediate";

inline const std::string people_part = R"(roles:
  administrator: Ada Adams
  internal_witness: Bob Brown
  external_witness: Cy Clark
  safe_controllers: [Dan Doe, Eve Eden]
  crypto_officers: [Flo Ford, Gil Gray]
)";

inline const std::string root_script = R"(ceremony: root
title: "Test root"
)" + people_part + R"(subject:
  country: CH
  organization: Example
  common_name: Test Root
key: P-384
validity:
  lifetime: 3650d
custody:
  file: root.key.pem
  reason: only a test
outputs:
  certificate: root.pem
)";

inline const std::string intermediate_script = R"(ceremony: intermediate
title: "Test intermediate"
)" + people_part + R"(previous:
  bundle: root/bundle
subject:
  organization: Example
  common_name: Test Issuing CA
key: P-256
validity:
  lifetime: 1826d
issuer:
  certificate: root/bundle/root.pem
  custody:
    file: root/custody/root.key.pem
custody:
  file: intermediate.key.pem
path_length: 0
crl_distribution_points: ["http://pki.example/root.crl"]
ca_issuers: ["http://pki.example/root.pem"]
outputs:
  certificate: intermediate.pem
  chain: chain.pem
)";

// `text` with its one `from` made `to`.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

class Recorder : public Progress {
 public:
  void begin(std::size_t number, std::size_t total, std::string_view what) override {
    lines.push_back(std::to_string(number) + "/" + std::to_string(total) + " " + std::string(what));
  }
  void done(std::string_view result) override { lines.back() += " ok " + std::string(result); }
  void failed() override { lines.back() += " FAILED"; }
  std::vector<std::string> lines;
};

// Everybody in the room. Initials and clocks are right unless `answers` has the question's id.
class People final : public Interaction {
 public:
  explicit People(const Clock& clock) : clock_(clock) {}

  void show(std::string_view text) override { shown += text; }
  Result<std::string> ask(const Question& question) override {
    asked.push_back(question.id);
    if (heard) heard(question.id);
    if (const auto found = answers.find(question.id); found != answers.end()) return found->second;
    if (question.id.starts_with("clock.")) return to_rfc3339(clock_.now());
    if (question.id.starts_with("point_of_no_return")) return std::string("proceed");
    const std::size_t at = question.text.rfind('(');
    return question.text.substr(at + 1, question.text.size() - at - 2);
  }
  Result<SecretBytes> ask_secret(const Question& question) override {
    asked.push_back(question.id);
    if (heard) heard(question.id);
    const auto found = answers.find(question.id);
    if (found == answers.end()) return make_error(ErrorCode::unavailable, "nobody knows " + question.id);
    return SecretBytes::copy_of(as_bytes(found->second));
  }
  Result<SecretBytes> ask_new_secret(const Question& question) override { return ask_secret(question); }
  [[nodiscard]] SecretWay secret_way(const Question& /*question*/) const override {
    return SecretWay::terminal;
  }
  [[nodiscard]] unsigned tries() const override { return 1; }
  Result<void> finish() override { return {}; }

  std::map<std::string, std::string> answers;
  std::vector<std::string> asked;
  std::string shown;
  std::function<void(const std::string& id)> heard;  // of each question, before it is answered

 private:
  const Clock& clock_;
};

class CeremonyTest : public ::testing::Test {
 protected:
  CeremonyTest() {
    std::string pattern = ::testing::TempDir() + "ceremony-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    output = folder + "/out";
    std::filesystem::create_directory(output);
    make_machine();
  }
  ~CeremonyTest() override { std::filesystem::remove_all(folder); }

  // Offline, without swap and core dumps, and with one library.
  void make_machine() {
    machine.root = folder + "/machine";
    write("machine/sys/class/net/lo/flags", "0x9\n");
    write("machine/proc/net/route", "Iface\tDestination\n");
    write("machine/proc/swaps", "Filename\n");
    write("machine/proc/self/limits", "Max core file size 0 0 bytes\n");
    write("machine/proc/self/exe", "the program");
    write("machine/proc/self/maps", "7f00-7f01 r-xp 00000000 fe:00 7 " + write("lib.so", "a library") + "\n");
    write("machine/proc/sys/kernel/random/entropy_avail", "256\n");
  }

  std::string write(const std::string& name, std::string_view content, mode_t mode = 0600) const {
    const std::filesystem::path path = std::filesystem::path(folder) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    ::chmod(path.c_str(), mode);
    return path.string();
  }

  [[nodiscard]] static Evidence memory_is_locked() { return {"memory_lock", true, "all of it"}; }

  // Into a folder of `output`.
  Result<Outcome> hold(const std::string& yaml, const std::string& into, bool resume = false) {
    return hold_with(people, yaml, into, resume);
  }
  Result<Outcome> hold_with(People& whom, const std::string& yaml, const std::string& into, bool resume) {
    const Result<Script> script = parse_script(yaml, "test.yaml");
    if (!script) return script.error();
    return run({.script = *script,
                .input = output,
                .output = out(into),
                .resume = resume,
                .interaction = whom,
                .judge = judge,
                .clock = clock,
                .random = random,
                .machine = machine,
                .lock_memory = memory_is_locked,
                .kdf = quick_kdf,
                .rehearsal = rehearsal,
                .tokens_in_rehearsal = tokens_in_rehearsal},
               progress);
  }
  Result<Outcome> hold_root(const std::string& yaml = root_script, const std::string& into = "root") {
    people.answers["secret.new_key"] = root_passphrase;
    return hold(yaml, into);
  }
  Result<Outcome> hold_intermediate(const std::string& yaml = intermediate_script,
                                    const std::string& into = "intermediate") {
    people.answers["secret.new_key"] = intermediate_passphrase;
    people.answers["secret.issuer_key"] = root_passphrase;
    return hold(yaml, into);
  }

  // Every file below `output` with its bytes: what "nothing changed" compares. Attempts that were not
  // finished are left out.
  [[nodiscard]] std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(output)) {
      const std::string name = entry.path().lexically_relative(output).string();
      if (entry.is_regular_file() && name.find(".unfinished") == std::string::npos) {
        files[name] = read(entry.path().string());
      }
    }
    return files;
  }
  [[nodiscard]] static std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  [[nodiscard]] std::string out(const std::string& name) const { return output + "/" + name; }
  [[nodiscard]] std::string bundle(const std::string& of, const std::string& name) const {
    return out(of + "/bundle/" + name);
  }

  // So small that a test takes no time; no floor, and a ceiling that covers it.
  static constexpr shares::KdfPolicy quick_kdf{{8, 1, 1}, {8, 1, 1}, {1024, 4, 1}};

  std::string folder, output;
  bool rehearsal = false, tokens_in_rehearsal = false;
  Machine machine;
  FixedClock clock{parse_rfc3339("2026-03-01T12:00:00Z").value()};
  SystemRandom random;
  People people{clock};
  Recorder progress;
  Judge judge = judge_bundle;
};

}  // namespace chancery::ceremony::testing
