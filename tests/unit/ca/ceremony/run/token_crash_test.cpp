// A ceremony that dies while its key is in the token, and is resumed.
#include <sys/wait.h>

#include <csignal>

#include "ca/keys/token/session.h"
#include "tests/support/softhsm.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using test::SoftHsm;
using ::testing::ElementsAre;
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
  static std::string key_identifier() {
    return to_hex(log_in().find_key("r1").value()->public_key().key_identifier());
  }
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
  expect_resumed();
}

// As when it died between giving the key and giving the folder its name.
TEST_F(TokenCrashTest, KeyThatHasItsFinalNameIsDestroyedIfTheAttemptMadeIt) {
  hold_until("words.certificate");
  ASSERT_TRUE(log_in().rename_key("r1.unfinished", "r1"));
  expect_resumed();
}

TEST_F(TokenCrashTest, KeyOfAnotherCeremonyIsLeftAlone) {
  hold_until("point_of_no_return");
  ASSERT_TRUE(log_in().generate_key({crypto::KeyAlgorithm::ec_p384, 384}, "r1", random));
  const std::string theirs = key_identifier();
  const Result<Outcome> outcome = hold(token_script, "root", true);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::conflict);
  EXPECT_EQ(key_identifier(), theirs);
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
