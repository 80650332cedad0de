// A ceremony that dies while its key is in the token, and is resumed.
#include <sys/wait.h>

#include <csignal>

#include "ca/ceremony/replay/replay.h"
#include "ca/keys/token/session.h"
#include "tests/support/softhsm.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using test::SoftHsm;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string token_script =
    testing::with(testing::root_script, "file: root.key.pem\n  reason: only a test",
                  "token: {module: " + std::string(SoftHsm::module) + ", label: Root, key: r1}");

class TokenCrashTest : public testing::CeremonyTest {
 protected:
  TokenCrashTest() {
    softhsm_.add_token("Root");
    people.answers["secret.new_key"] = SoftHsm::pin;
  }
  // In a process of its own, which is killed when the question comes.
  void hold_until(const std::string& question) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      people.heard = [&](const std::string& id) {
        if (id == question) ::kill(::getpid(), SIGKILL);
      };
      static_cast<void>(hold(token_script, "root"));
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  }
  static keys::TokenSession log_in() {
    const keys::TokenModule module = keys::TokenModule::load(SoftHsm::module).value();
    return keys::TokenSession::open(module, module.find("Root").value(),
                                    SecretBytes::copy_of(as_bytes(SoftHsm::pin)))
        .value();
  }
  static std::vector<std::string> labels() { return log_in().key_labels().value(); }
  static std::string key_identifier(const std::string& label = "r1") {
    return to_hex(log_in().find_key(label).value()->public_key().key_identifier());
  }
  // Refused, and the keys are those before.
  void expect_left_alone(const std::string& label, const ::testing::Matcher<std::string>& said) {
    const std::vector<std::string> before = labels();
    const std::string key = key_identifier(label);
    const Result<Outcome> outcome = hold(token_script, "root", true);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::conflict);
    EXPECT_THAT(outcome.error().message, said);
    EXPECT_EQ(labels(), before);
    EXPECT_EQ(key_identifier(label), key);
  }
  [[nodiscard]] std::string transcript() const { return read(bundle("root", "transcript.jsonl")); }
  void expect_resumed() {
    const Result<Outcome> outcome = hold(token_script, "root", true);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_THAT(labels(), ElementsAre("r1"));
    EXPECT_EQ(to_hex(outcome->certificate.fields().extensions.subject_key_identifier), key_identifier());
  }

  SoftHsm softhsm_;
};

TEST_F(TokenCrashTest, KeyOfTheDeadAttemptIsDestroyed) {
  hold_until("words.certificate");
  EXPECT_THAT(labels(), ElementsAre("r1.unfinished"));
  EXPECT_FALSE(hold(token_script, "root"));  // not without --resume
  const std::string doomed =
      to_hex(crypto::sha256(log_in().find_key("r1.unfinished").value()->public_key().spki()));
  expect_resumed();
  const std::string note =
      "which an aborted attempt made (SHA-256 of its public key " + doomed + "), is destroyed now";
  EXPECT_THAT(people.shown, HasSubstr(note));
  EXPECT_THAT(transcript(), HasSubstr(note));
  EXPECT_TRUE(replay({out("root/bundle"), {}, {}})->passed());
}

TEST_F(TokenCrashTest, KeyOfTheDeadAttemptIsDestroyedUnderAnotherScriptsLabelToo) {
  hold_until("words.certificate");
  const Result<Outcome> outcome = hold(testing::with(token_script, "key: r1", "key: r2"), "root", true);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_THAT(labels(), ElementsAre("r2"));
}

// As when it died between giving the key and giving the folder its name.
TEST_F(TokenCrashTest, KeyThatHasItsFinalNameIsNeverDestroyed) {
  hold_until("words.certificate");
  ASSERT_TRUE(log_in().rename_key("r1.unfinished", "r1"));
  expect_left_alone("r1",
                    AllOf(HasSubstr("an aborted attempt made it"), HasSubstr("no resumed ceremony destroys"),
                          HasSubstr("p11tool --provider " + std::string(SoftHsm::module) +
                                    " --login --list-all 'pkcs11:token=Root'"),
                          HasSubstr("--delete 'pkcs11:token=Root;object=r1'")));
  ASSERT_TRUE(log_in().destroy_key("r1"));  // by people, who looked
  expect_resumed();
}

// A transcript is public, and its first lines can be anybody's attempt.
TEST_F(TokenCrashTest, ALiveKeyIsSafeFromItsOwnTranscript) {
  ASSERT_TRUE(hold(token_script, "live"));
  const std::string whole = read(bundle("live", "transcript.jsonl"));
  const std::size_t made = whole.find("\"event\":\"key.made\"");
  ASSERT_NE(made, std::string::npos);
  for (const char* room : {"bundle", "custody"})
    std::filesystem::create_directories(out("root.unfinished/") + room);
  for (const char* room : {"", "/bundle", "/custody"}) ::chmod((out("root.unfinished") + room).c_str(), 0700);
  write("out/root.unfinished/bundle/transcript.jsonl", whole.substr(0, whole.find('\n', made) + 1));
  expect_left_alone("r1", HasSubstr("it has its final label"));
}

// It died before its transcript named it, or somebody else is making it.
TEST_F(TokenCrashTest, AnUnfinishedKeyThatNoTranscriptNamesIsLeftAlone) {
  hold_until("point_of_no_return");
  ASSERT_TRUE(log_in().generate_key({crypto::KeyAlgorithm::ec_p384, 384}, "r1.unfinished", random));
  expect_left_alone("r1.unfinished", AllOf(HasSubstr("no aborted attempt of this ceremony names"),
                                           HasSubstr("--delete 'pkcs11:token=Root;object=r1.unfinished'")));
  ASSERT_TRUE(log_in().destroy_key("r1.unfinished"));
  ASSERT_TRUE(log_in().generate_key({crypto::KeyAlgorithm::ec_p384, 384}, "r2.unfinished", random));
  const Result<Outcome> outcome = hold(token_script, "root", true);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_THAT(labels(), ElementsAre("r1", "r2.unfinished"));  // another ceremony's
}

TEST_F(TokenCrashTest, KeyOfAnotherCeremonyIsLeftAlone) {
  hold_until("point_of_no_return");
  ASSERT_TRUE(log_in().generate_key({crypto::KeyAlgorithm::ec_p384, 384}, "r1", random));
  expect_left_alone("r1", HasSubstr("name another in the script"));
}

TEST_F(TokenCrashTest, AForeignFolderLeavesNoKey) {
  people.heard = [this](const std::string& id) {
    if (id == "words.certificate") std::filesystem::create_directory(out("root"));
  };
  ASSERT_FALSE(hold(token_script, "root"));
  EXPECT_THAT(labels(), IsEmpty());
}

TEST_F(TokenCrashTest, FailureLeavesNoKey) {
  people.answers["words.certificate"] = "XX";
  ASSERT_FALSE(hold(token_script, "root"));
  EXPECT_THAT(labels(), IsEmpty());
  people.answers.erase("words.certificate");
  expect_resumed();
}

}  // namespace
}  // namespace chancery::ceremony
