// A destruction that died between its signature and its name: what it says may have come to pass.
#include "ca/keys/token/session.h"
#include "tests/support/softhsm.h"
#include "tests/unit/ca/ceremony/run/retirement_fixture.h"

namespace chancery::ceremony {
namespace {

using test::SoftHsm;
using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::failures;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::with;

const std::string end_of_shares =
    testing::script_of("destroy", "root", "root") + testing::ended + testing::shares_of("root", "copies");

class ResumedDestruction : public testing::Retirement {
 protected:
  void fail_in_the_middle() { testing::Retirement::fail_in_the_middle(end_of_shares, "end", "root"); }
  std::string stopped(const std::string& yaml = end_of_shares, bool resume = true) {
    people.asked.clear();
    const Result<Outcome> outcome = hold(yaml, "end", resume);
    EXPECT_FALSE(outcome);
    EXPECT_THAT(people.asked, IsEmpty());
    EXPECT_FALSE(is_there("end"));
    return outcome ? "" : outcome.error().message;
  }
};

TEST_F(ResumedDestruction, EndsAsItWasSigned) {
  fail_in_the_middle();
  people.asked.clear();
  ASSERT_TRUE(held(end_of_shares, "end", true));
  EXPECT_THAT(people.asked, ElementsAre("point_of_no_return.resumed"));  // the rest was said
  EXPECT_TRUE(std::filesystem::is_empty(out("root/custody")));
  EXPECT_FALSE(is_there("end.unfinished"));
  EXPECT_TRUE(is_there("end/bundle/transcript.sig"));
  EXPECT_THAT(failures(out("end/bundle"), out("root/bundle")), IsEmpty());
}

TEST_F(ResumedDestruction, IsNeitherBegunAgainNorTakenForAFailedOne) {
  fail_in_the_middle();
  EXPECT_THAT(stopped(end_of_shares, false),
              AllOf(HasSubstr("what happened in it was signed"), HasSubstr("--resume"),
                    HasSubstr("keep " + out("end.unfinished") + " under witness")));
  EXPECT_THAT(stopped(with(end_of_shares, "Test of", "Another")), HasSubstr("by another script"));
  EXPECT_TRUE(is_there("root/custody/root.2.share"));
}

// Its medium may only not be mounted: zeros tell what was destroyed.
TEST_F(ResumedDestruction, APartThatIsNotThereIsNotTakenForDestroyed) {
  fail_in_the_middle();
  const std::string second = out("root/custody/root.2.share");
  std::filesystem::rename(second, folder + "/elsewhere");
  EXPECT_THAT(stopped(), HasSubstr("root.2.share is not there, and nothing tells that it was destroyed"));
  write("out/root/custody/root.2.share", "anything");
  EXPECT_THAT(stopped(), HasSubstr("root.2.share is not what is to be destroyed"));
  std::filesystem::rename(folder + "/elsewhere", second);
  ASSERT_TRUE(held(end_of_shares, "end", true));
}

TEST_F(ResumedDestruction, WhatReplayWouldRefuseIsNotFinished) {
  fail_in_the_middle();
  const std::string stray = write("out/end.unfinished/bundle/stray", "x");
  EXPECT_THAT(stopped(), HasSubstr("stray"));
  EXPECT_TRUE(is_there("root/custody/root.2.share"));
  std::filesystem::remove(stray);
  ASSERT_TRUE(held(end_of_shares, "end", true));
}

TEST_F(ResumedDestruction, ASignatureThatDoesNotHoldEndsNothing) {
  fail_in_the_middle();
  write("out/end.unfinished/bundle/transcript.sig.void", read(bundle("root", "transcript.sig")));
  EXPECT_THAT(stopped(), AllOf(HasSubstr("a copy that it ends is missing"), HasSubstr("under witness")));
  EXPECT_TRUE(is_there("root/custody/root.2.share"));
}

// The signature has its name, and the folder has not.
TEST_F(ResumedDestruction, TheFolderGetsItsName) {
  fail_in_the_middle();
  const std::string bundle = out("end.unfinished/bundle/");
  ASSERT_TRUE(wipe_file(out("root/custody/root.2.share")));
  ASSERT_TRUE(wipe_file(out("root/custody/root.3.share")));
  std::filesystem::rename(bundle + "transcript.sig.void", bundle + "transcript.sig");
  std::filesystem::remove(out("root/custody/root.1.share"));
  EXPECT_THAT(stopped(end_of_shares, false), HasSubstr("--resume"));
  ASSERT_TRUE(held(end_of_shares, "end", true));
  EXPECT_TRUE(std::filesystem::is_empty(out("root/custody")));
  EXPECT_THAT(failures(out("end/bundle"), out("root/bundle")), IsEmpty());
}

std::string end_of(const std::string& custody, const std::string& copy) {
  return "ceremony: destroy\ntitle: \"Test of destroy\"\n" + testing::people_part +
         "previous:\n  bundle: one/bundle\nauthority:\n  certificate: one/bundle/root.pem\n  custody: " +
         custody + "\nreason: only a test of the end\ncopies:\n  - {" + copy + ", holder: Dan Doe}\n";
}

TEST_F(ResumedDestruction, OfAKeyInAFile) {
  ASSERT_TRUE(hold_root(testing::root_script, "one"));
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  const std::string script =
      end_of("{file: one/custody/root.key.pem}", "form: file, where: one/custody/root.key.pem");
  fail_after_the_end(script, "end");
  EXPECT_TRUE(is_wiped(out("one/custody/root.key.pem")).value());
  ASSERT_TRUE(held(script, "end", true));
  EXPECT_FALSE(is_there("one/custody/root.key.pem"));
  EXPECT_THAT(failures(out("end/bundle"), out("one/bundle")), IsEmpty());
}

class ResumedDestructionInToken : public ResumedDestruction {
 protected:
  void SetUp() override {
    softhsm_.add_token("Root");
    people.answers["secret.new_key"] = people.answers["secret.issuer_key"] = SoftHsm::pin;
    const std::string root =
        with(testing::root_script, "file: root.key.pem\n  reason: only a test", "token: " + token_);
    ASSERT_TRUE(held(root, "one"));
    fail_after_the_end(script_, "end");
  }
  static std::vector<std::string> keys_left() {
    const keys::TokenModule module = keys::TokenModule::load(SoftHsm::module).value();
    return keys::TokenSession::open(module, module.find("Root").value(),
                                    SecretBytes::copy_of(as_bytes(SoftHsm::pin)))
        .value()
        .key_labels()
        .value();
  }

  SoftHsm softhsm_;
  const std::string token_ = "{module: " + std::string(SoftHsm::module) + ", label: Root, key: r1}";
  const std::string script_ = end_of("{token: " + token_ + "}", "form: token, where: Root");
};

TEST_F(ResumedDestructionInToken, TheKeyIsSeenToBeGone) {
  EXPECT_THAT(keys_left(), IsEmpty());
  people.asked.clear();
  ASSERT_TRUE(held(script_, "end", true));
  EXPECT_THAT(people.asked, ElementsAre("secret.issuer_key"));
  EXPECT_THAT(failures(out("end/bundle"), out("one/bundle")), IsEmpty());
}

// One that holds nothing, under the label of the one that held the key.
TEST_F(ResumedDestructionInToken, AnotherTokenTellsNothing) {
  softhsm_.remove_tokens();
  const Result<Outcome> none = hold(script_, "end", true);
  ASSERT_FALSE(none);
  softhsm_.add_token("Root");
  const Result<Outcome> other = hold(script_, "end", true);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("and the one whose key is destroyed has"));
  EXPECT_TRUE(is_there("end.unfinished/bundle/transcript.sig.void"));
}

}  // namespace
}  // namespace chancery::ceremony
