// A recovery that died between its signature and its name: the new shares may be the only ones.
#include "tests/unit/ca/ceremony/run/retirement_fixture.h"

namespace chancery::ceremony {
namespace {

using testing::destroy;
using ::testing::ElementsAre;
using testing::failures;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::recover;

class ResumedRecovery : public testing::Retirement {
 protected:
  void fail_in_the_middle() {
    testing::Retirement::fail_in_the_middle(recover(), "recovery", "root");
    EXPECT_TRUE(is_there("recovery.unfinished/custody/root.3.share"));
  }
};

TEST_F(ResumedRecovery, ResumeFinishesWhatWasSigned) {
  fail_in_the_middle();
  people.asked.clear();
  ASSERT_TRUE(held(recover(), "recovery", true));
  EXPECT_THAT(people.asked, ElementsAre("point_of_no_return.resumed"));  // the rest was said
  EXPECT_FALSE(is_there("root/custody/root.1.share"));
  EXPECT_FALSE(is_there("root/custody/root.2.share"));
  EXPECT_FALSE(is_there("recovery.unfinished"));
  EXPECT_THAT(failures(out("recovery/bundle"), out("root/bundle")), IsEmpty());
  ASSERT_TRUE(held(destroy(), "end"));
}

TEST_F(ResumedRecovery, ResumeTakesNoOtherScriptAndNoChangedShare) {
  fail_in_the_middle();
  const Result<Outcome> other = hold(testing::with(recover(), "Test of", "Another"), "recovery", true);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("by another script"));
  const std::string share = out("recovery.unfinished/custody/root.1.share"), whole = read(share);
  write("out/recovery.unfinished/custody/root.1.share", whole.substr(1));
  const Result<Outcome> changed = hold(recover(), "recovery", true);
  ASSERT_FALSE(changed);
  EXPECT_THAT(changed.error().message, HasSubstr("nothing was destroyed"));
  EXPECT_TRUE(is_there("root/custody/root.2.share"));
  write("out/recovery.unfinished/custody/root.1.share", whole);
  std::filesystem::copy(share, out("root/custody/root.2.share"),
                        std::filesystem::copy_options::overwrite_existing);
  const Result<Outcome> wrong = hold(recover(), "recovery", true);
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, HasSubstr("root.2.share is not what is to be destroyed"));
  EXPECT_TRUE(is_there("root/custody/root.2.share"));
}

TEST_F(ResumedRecovery, AnOldShareThatIsNotThereIsNotTakenForDestroyed) {
  fail_in_the_middle();
  const std::string second = out("root/custody/root.2.share");
  std::filesystem::rename(second, folder + "/elsewhere");
  const Result<Outcome> away = hold(recover(), "recovery", true);
  ASSERT_FALSE(away);
  EXPECT_THAT(away.error().message, HasSubstr("root.2.share is not there, and nothing tells that it was"));
  EXPECT_TRUE(is_there("recovery.unfinished/bundle/transcript.sig.void"));
  std::filesystem::rename(folder + "/elsewhere", second);
  ASSERT_TRUE(held(recover(), "recovery", true));
  EXPECT_FALSE(is_there("root/custody/root.2.share"));
}

TEST_F(ResumedRecovery, WhatReplayWouldRefuseIsNotFinished) {
  fail_in_the_middle();
  const std::string stray = write("out/recovery.unfinished/bundle/stray", "x");
  const Result<Outcome> refused = hold(recover(), "recovery", true);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("stray"));
  EXPECT_TRUE(is_there("root/custody/root.2.share"));
  std::filesystem::remove(stray);
  ASSERT_TRUE(held(recover(), "recovery", true));
}

TEST_F(ResumedRecovery, ASignatureThatDoesNotHoldKeepsTheNewShares) {
  fail_in_the_middle();
  write("out/recovery.unfinished/bundle/transcript.sig.void", read(bundle("root", "transcript.sig")));
  const Result<Outcome> held = hold(recover(), "recovery", true);
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().message, HasSubstr("the new shares in it may be the only ones"));
  EXPECT_TRUE(is_there("recovery.unfinished/custody/root.1.share"));
}

}  // namespace
}  // namespace chancery::ceremony
