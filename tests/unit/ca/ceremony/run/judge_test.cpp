// Nothing is handed over that whoever replays it would refuse.
#include <fstream>

#include "ca/ceremony/replay/replay.h"
#include "ca/ceremony/transcript/transcript.h"
#include "tests/unit/ca/ceremony/run/destruction_scripts.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::with;

using testing::destroy_script;
using testing::shares_root;

class JudgeTest : public testing::CeremonyTest {
 protected:
  // Sees what it is asked, and answers as replay does.
  void listen() {
    judge = [this](const JudgedBundle& bundle) {
      judged.push_back(bundle.path + (bundle.previous ? " after " + *bundle.previous : "") +
                       (bundle.awaits_signature ? "" : " as it was"));
      if (bundle.awaits_signature) {
        EXPECT_TRUE(std::filesystem::exists(bundle.path + "/transcript.sig.void"));
        EXPECT_FALSE(std::filesystem::exists(bundle.path + "/transcript.sig"));
      }
      return judge_bundle(bundle);
    };
  }
  void refuse() {
    judge = [](const JudgedBundle& bundle) {
      return bundle.awaits_signature ? make_error(ErrorCode::validation, "steps: not as they should be")
                                     : Result<void>();
    };
  }
  // While `question` stands, a file that nobody listed comes to lie in the bundle.
  void put_stray(const std::string& question, const std::string& in) {
    people.heard = [this, question, in](const std::string& id) {
      if (id == question) std::ofstream(out(in) + "/notes.txt") << "a remark";
    };
  }
  void expect_withheld(const std::string& name) const {
    EXPECT_FALSE(std::filesystem::exists(out(name)));
    const std::string left = out(name + ".unfinished");
    EXPECT_FALSE(std::filesystem::exists(left + "/bundle/transcript.sig"));
    EXPECT_TRUE(std::filesystem::is_empty(left + "/custody"));
    EXPECT_EQ(read_transcript(left + "/bundle/transcript.jsonl", {}).value().lines.back().event,
              "step.failed");
  }
  void make_shares() {
    for (const std::string number : {"1", "2"}) {
      for (const std::string question : {"secret.new_key.", "secret.new_key.restore.", "secret.issuer_key."})
        people.answers[question + number] = "correct horse share " + number;
    }
    const Result<Outcome> root = hold(shares_root, "root");
    ASSERT_TRUE(root) << root.error().message;
  }

  std::vector<std::string> judged;
};

TEST_F(JudgeTest, WhatReplaysIsHandedOver) {
  listen();
  ASSERT_TRUE(hold_root());
  EXPECT_THAT(judged, ElementsAre(out("root.unfinished/bundle")));
  judged.clear();
  const Result<Outcome> held = hold_intermediate();
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(judged, ElementsAre(out("root/bundle") + " as it was",
                                  out("intermediate.unfinished/bundle") + " after " + out("root/bundle")));
  EXPECT_TRUE(std::filesystem::exists(bundle("intermediate", "transcript.sig")));
  EXPECT_FALSE(std::filesystem::exists(bundle("intermediate", "transcript.sig.void")));
}

TEST_F(JudgeTest, WhatIsRefusedIsNotHandedOverAndItsKeyIsGone) {
  refuse();
  const Result<Outcome> held = hold_root();
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().message, AllOf(HasSubstr("Sign the transcript and hand over: "),
                                          HasSubstr("is not handed over: steps: not as they should be")));
  expect_withheld("root");
  judge = judge_bundle;
  const Result<Outcome> again = hold(testing::root_script, "root", true);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(std::filesystem::exists(bundle("root", "aborted-1.jsonl")));
}

TEST_F(JudgeTest, WhatReplayWouldRefuseIsFoundBeforeItIsHandedOver) {
  put_stray("words.certificate", "root.unfinished/bundle");
  const Result<Outcome> held = hold_root();
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().message,
              HasSubstr("is not handed over: export list: " + out("root.unfinished/bundle/notes.txt")));
  expect_withheld("root");
}

TEST_F(JudgeTest, ADestructionThatIsRefusedDestroysNothing) {
  make_shares();
  put_stray("point_of_no_return", "end.unfinished/bundle");
  const Result<Outcome> held = hold(destroy_script, "end");
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().message, HasSubstr("is not handed over: export list: "));
  expect_withheld("end");
  for (const std::string share : {"root.1.share", "root.2.share"})
    EXPECT_TRUE(std::filesystem::exists(out("root/custody/" + share)));
  std::filesystem::remove(out("end.unfinished/bundle/notes.txt"));
  people.heard = {};
  const Result<Outcome> again = hold(destroy_script, "end", true);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(std::filesystem::is_empty(out("root/custody")));
}

TEST_F(JudgeTest, ACeremonyBeforeThatDoesNotReplayIsFoundBeforeAnybodyIsAsked) {
  ASSERT_TRUE(hold_root());
  std::ofstream(out("root/bundle/notes.txt")) << "a remark";
  people.asked.clear();
  const Result<Outcome> held = hold_intermediate();
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().message, HasSubstr("the previous ceremony: export list: "));
  EXPECT_THAT(people.asked, IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(out("intermediate.unfinished")));
}

TEST_F(JudgeTest, RehearsalsAreJudgedButForBeingOne) {
  rehearsal = true;
  const Result<Outcome> held = hold_root();
  ASSERT_TRUE(held) << held.error().message;
  put_stray("words.certificate", "again.unfinished/bundle");
  const Result<Outcome> refused = hold_root(testing::root_script, "again");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("is not handed over: export list: "));
}

TEST_F(JudgeTest, WithoutAJudgeNothingBegins) {
  judge = {};
  const Result<Outcome> held = hold_root();
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::internal);
  EXPECT_THAT(people.asked, IsEmpty());
}

}  // namespace
}  // namespace chancery::ceremony
