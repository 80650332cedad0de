// Ceremonies that must not happen. None leaves an output; what came after the first step leaves its
// transcript.
#include <sys/resource.h>

#include <algorithm>
#include <csignal>

#include "ca/ceremony/transcript/transcript.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using testing::intermediate_script;
using testing::root_script;
using testing::with;

class RefusalTest : public testing::CeremonyTest {
 protected:
  void expect_refused(const Result<Outcome>& outcome, const std::map<std::string, std::string>& before,
                      ErrorCode code, const std::string& said) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, code) << outcome.error().message;
    EXPECT_THAT(outcome.error().message, HasSubstr(said));
    EXPECT_EQ(contents(), before);
  }
  // The last line of the unfinished transcript.
  TranscriptLine last_line(const std::string& of) {
    const Result<Transcript> transcript =
        read_transcript(out(of + ".unfinished/bundle/transcript.jsonl"), {});
    EXPECT_TRUE(transcript) << transcript.error().message;
    return transcript->lines.back();
  }
  // An intermediate's refusal, after which another may be tried.
  void expect_intermediate_refused(const std::string& script, ErrorCode code, const std::string& said) {
    const auto before = contents();
    expect_refused(hold_intermediate(script), before, code, said);
    std::filesystem::remove_all(out("intermediate.unfinished"));
  }
};

TEST_F(RefusalTest, WrongPassphraseOfTheIssuer) {
  ASSERT_TRUE(hold_root());
  const auto before = contents();
  people.answers["secret.issuer_key"] = "not the right one";
  expect_refused(hold(intermediate_script, "intermediate"), before, ErrorCode::unauthorized, "passphrase");
  EXPECT_THAT(progress.lines.back(), HasSubstr("FAILED"));
  EXPECT_EQ(last_line("intermediate").event, "step.failed");
}

TEST_F(RefusalTest, PassphraseTooShort) {
  people.answers["secret.new_key"] = "elevenbytes";
  expect_refused(hold(root_script, "root"), {}, ErrorCode::validation, "12");
}

TEST_F(RefusalTest, WrongInitialsAreInTheTranscript) {
  people.answers["role.internal_witness"] = "XY";
  expect_refused(hold_root(), {}, ErrorCode::validation, "not the initials of Bob Brown");
  const std::string transcript = read(out("root.unfinished/bundle/transcript.jsonl"));
  EXPECT_THAT(transcript, HasSubstr("\"octets\":2,"));
  EXPECT_THAT(transcript, ::testing::Not(HasSubstr("XY")));
}

TEST_F(RefusalTest, NobodySaysProceed) {
  people.answers["point_of_no_return"] = "no";
  expect_refused(hold_root(), {}, ErrorCode::validation, "proceed");
  EXPECT_TRUE(std::filesystem::is_empty(out("root.unfinished/custody")));
}

TEST_F(RefusalTest, EveryPreflightCheckCounts) {
  const auto refused = [&](const std::string& said) {
    const Result<Outcome> outcome = hold_root();
    ASSERT_FALSE(outcome) << said;
    EXPECT_THAT(outcome.error().message, HasSubstr(said));
    std::filesystem::remove_all(out("root.unfinished"));
    make_machine();
  };
  write("machine/sys/class/net/eth0/flags", "0x1003\n");
  refused("interfaces: up: eth0");
  std::filesystem::remove_all(machine.root + "/sys/class/net/eth0");
  write("machine/proc/net/route", "Iface\neth0 0\n");
  refused("routes: ");
  write("machine/proc/swaps", "Filename\n/dev/sda1 partition\n");
  refused("swap: ");
  write("machine/proc/self/limits", "Max core file size 0 unlimited bytes\n");
  refused("core_dumps: ");
  write("machine/proc/sys/kernel/random/entropy_avail", "1\n");
  refused("entropy: ");
  people.answers["clock.second"] = "2026-03-01T12:02:01Z";
  refused("clock: ");
  people.answers["clock.second"] = "2026-03-01T12:02:00Z";
  EXPECT_TRUE(hold_root());
}

TEST_F(RefusalTest, AnotherProgramThanTheScriptExpects) {
  const std::string script =
      with(root_script, "subject:", "preflight:\n  binary: " + std::string(64, 'a') + "\nsubject:");
  expect_refused(hold_root(script), {}, ErrorCode::validation, "binary: sha256");
}

TEST_F(RefusalTest, IssuersKeyIsAnother) {
  ASSERT_TRUE(hold_root());
  ASSERT_TRUE(hold_root(root_script, "other"));
  expect_intermediate_refused(with(intermediate_script, "file: root/custody", "file: other/custody"),
                              ErrorCode::validation, "key");
}

TEST_F(RefusalTest, PreviousCeremonyIsOfAnotherRoot) {
  ASSERT_TRUE(hold_root());
  ASSERT_TRUE(hold_root(root_script, "other"));
  expect_intermediate_refused(with(intermediate_script, "bundle: root/bundle", "bundle: other/bundle"),
                              ErrorCode::validation, "the previous ceremony: transcript.sig");
}

TEST_F(RefusalTest, PreviousCeremonyWasChanged) {
  ASSERT_TRUE(hold_root());
  const std::string path = bundle("root", "transcript.jsonl");
  const std::string text = read(path);
  std::ofstream(path) << with(text, "Ada Adams", "Eda Adams");
  expect_intermediate_refused(intermediate_script, ErrorCode::validation, "transcript.jsonl:");
}

TEST_F(RefusalTest, ClockIsBeforeThePreviousCeremony) {
  ASSERT_TRUE(hold_root());
  clock.advance(Seconds(-1));
  expect_intermediate_refused(intermediate_script, ErrorCode::validation,
                              "but the previous ceremony ended at");
}

TEST_F(RefusalTest, IssuerIsNoRoot) {
  ASSERT_TRUE(hold_root());
  ASSERT_TRUE(hold_intermediate());
  const auto before = contents();
  people.answers["secret.issuer_key"] = testing::intermediate_passphrase;
  std::string second =
      with(intermediate_script, "bundle: root/bundle", "transcript: " + std::string(64, '0'));
  second = with(second, "Test Issuing CA", "Second Issuing CA");
  second = with(second, "root/bundle/root.pem", "intermediate/bundle/intermediate.pem");
  second = with(second, "root/custody/root.key.pem", "intermediate/custody/intermediate.key.pem");
  expect_refused(hold(second, "second"), before, ErrorCode::validation, "not a self-signed root");
}

TEST_F(RefusalTest, AnIntermediateInTheIssuersOwnName) {
  ASSERT_TRUE(hold_root());
  const std::string own = with(intermediate_script, "  organization: Example\n  common_name: Test Issuing CA",
                               "  country: CH\n  organization: EXAMPLE\n  common_name: \"test  root\"");
  expect_intermediate_refused(own, ErrorCode::validation, "the issuer's own name");
  EXPECT_EQ(std::count(people.asked.begin(), people.asked.end(), "secret.issuer_key"), 0);
}

TEST_F(RefusalTest, IssuerHasExpired) {
  ASSERT_TRUE(hold_root(with(root_script, "3650d", "2d")));
  clock.advance(Seconds(2 * 86400 - 1));  // its last second
  expect_intermediate_refused(with(intermediate_script, "1826d", "2s"), ErrorCode::validation,
                              "after its issuer does");
  clock.advance(Seconds(1));
  expect_intermediate_refused(with(intermediate_script, "1826d", "1s"), ErrorCode::validation, "expired");
}

TEST_F(RefusalTest, ValidityBeyondTheIssuers) {
  ASSERT_TRUE(hold_root(with(root_script, "3650d", "1000d")));
  expect_intermediate_refused(with(intermediate_script, "1826d", "1001d"), ErrorCode::validation,
                              "shorten validity.lifetime");
  ASSERT_TRUE(hold_intermediate(with(intermediate_script, "1826d", "1000d")));
}

TEST_F(RefusalTest, ValidityBeginsBeforeTheIssuers) {
  ASSERT_TRUE(hold_root());
  expect_intermediate_refused(with(intermediate_script, "1826d", "1826d\n  not_before: 2026-03-01T11:59:59Z"),
                              ErrorCode::validation, "validity.not_before");
}

TEST_F(RefusalTest, RootBackdatedByMoreThanADay) {
  expect_refused(hold_root(with(root_script, "3650d", "3650d\n  not_before: 2026-02-28T11:59:59Z")), {},
                 ErrorCode::validation, "lint");
}

TEST_F(RefusalTest, RootThatBeginsAfterTheHorizon) {
  const Result<Outcome> held =
      hold_root(with(root_script, "3650d", "3650d\n  not_before: 2026-03-31T12:00:01Z"));
  expect_refused(held, {}, ErrorCode::validation, "lint");
  ASSERT_EQ(held.error().details.size(), 1U);
  EXPECT_EQ(held.error().details[0].rule, "house.ca_horizon");
}

TEST_F(RefusalTest, IssuersFilesAreMissing) {
  ASSERT_TRUE(hold_root());
  std::filesystem::remove(out("root/custody/root.key.pem"));
  expect_intermediate_refused(intermediate_script, ErrorCode::not_found, "root.key.pem");
  std::filesystem::remove(bundle("root", "root.pem"));
  expect_intermediate_refused(intermediate_script, ErrorCode::not_found, "root.pem");
}

TEST_F(RefusalTest, IssuersCertificateIsBroken) {
  ASSERT_TRUE(hold_root());
  const std::string good = read(bundle("root", "root.pem"));
  for (const std::string& bad : {std::string(), std::string("no PEM"), good + good, good.substr(0, 100)}) {
    std::ofstream(bundle("root", "root.pem")) << bad;
    expect_intermediate_refused(intermediate_script, ErrorCode::validation, "root.pem");
  }
}

TEST_F(RefusalTest, IssuersKeyFileIsReadableByOthers) {
  ASSERT_TRUE(hold_root());
  ::chmod(out("root/custody/root.key.pem").c_str(), 0640);
  expect_intermediate_refused(intermediate_script, ErrorCode::forbidden, "root.key.pem");
}

TEST_F(RefusalTest, ModuleThatIsNotThere) {
  const std::string script = with(root_script, "file: root.key.pem\n  reason: only a test",
                                  "token: {module: /usr/lib/no-such.so, label: Root, key: r1}");
  expect_refused(hold_root(script), {}, ErrorCode::validation, "token_module: /usr/lib/no-such.so");
}

TEST_F(RefusalTest, OutputThatExistsIsLeftAlone) {
  ASSERT_TRUE(hold_root());
  const auto before = contents();
  expect_refused(hold_root(), before, ErrorCode::conflict, "exists already");
  std::filesystem::create_symlink(folder + "/elsewhere", out("link"));
  expect_refused(hold_root(root_script, "link"), before, ErrorCode::conflict, "exists already");
  expect_refused(hold_root(root_script, "none/root"), before, ErrorCode::not_found, "create it first");
}

// A file-size limit fails a write as a full disk would.
class FullDisk {
 public:
  explicit FullDisk(rlim_t octets) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &saved_), 0);
    const rlimit small{octets, saved_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  }
  ~FullDisk() {
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &saved_), 0);
    EXPECT_NE(std::signal(SIGXFSZ, handler_), SIG_ERR);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit saved_{};
  void (*handler_)(int);
};

TEST_F(RefusalTest, FullMediumAtAnyPlaceMakesNoOutput) {
  ASSERT_TRUE(hold_root());
  const auto size = static_cast<rlim_t>(read(bundle("root", "transcript.jsonl")).size());
  const auto before = contents();
  // Each limit ends the transcript, the longest file, somewhere else.
  for (rlim_t limit = 0; limit < size; limit += size / 16) {
    Result<Outcome> outcome = make_error(ErrorCode::internal, "not run");
    {
      const FullDisk disk(limit);
      outcome = hold_root(root_script, "second");
    }
    expect_refused(outcome, before, ErrorCode::unavailable, "cannot write");
    const Result<Transcript> left =
        read_unfinished_transcript(out("second.unfinished/bundle/transcript.jsonl"));
    EXPECT_EQ(static_cast<bool>(left), limit > 400) << limit;
    std::filesystem::remove_all(out("second.unfinished"));
  }
}

}  // namespace
}  // namespace chancery::ceremony
