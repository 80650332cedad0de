// A certificate of destruction is signed only of a key that is gone; and nothing comes after it.
#include "ca/ceremony/replay/chain.h"
#include "tests/unit/ca/ceremony/run/destruction_scripts.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

using testing::destroy_script;
using testing::shares_root;

class Destruction : public testing::CeremonyTest {
 protected:
  void SetUp() override {
    for (const std::string number : {"1", "2"}) {
      for (const std::string question : {"secret.new_key.", "secret.new_key.restore.", "secret.issuer_key."})
        people.answers[question + number] = "correct horse share " + number;
    }
    const Result<Outcome> root = hold(shares_root, "root");
    ASSERT_TRUE(root) << root.error().message;
    clock.advance(Seconds(60));
  }
  // Once `question` stands, the second share is a folder.
  void put_folder_at(const std::string& question) {
    people.heard = [this, question](const std::string& id) {
      if (id == question) put_folder();
    };
  }
  void put_folder() const {
    std::filesystem::rename(second_, folder + "/kept.share");
    std::filesystem::create_directory(second_);
  }
  [[nodiscard]] std::string destroying(const std::string& name) const {
    return out("end.unfinished/bundle/" + name);
  }

  const std::string second_ = out("root/custody/root.2.share");
};

TEST_F(Destruction, SignsOnceEveryPartIsGone) {
  const Result<Outcome> held = hold(destroy_script, "end");
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_TRUE(std::filesystem::is_empty(out("root/custody")));
  EXPECT_TRUE(std::filesystem::exists(bundle("end", "transcript.sig")));
  EXPECT_FALSE(std::filesystem::exists(bundle("end", "transcript.sig.void")));
  EXPECT_TRUE(replay({out("end/bundle"), {}, {}}).value().passed());
}

TEST_F(Destruction, APartThatCannotBeDestroyedIsFoundBeforeThePointOfNoReturn) {
  put_folder_at("secret.issuer_key.2");  // its content has been read by then
  people.asked.clear();
  const Result<Outcome> held = hold(destroy_script, "end");
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().message,
              AllOf(HasSubstr("Point of no return: cannot destroy"), HasSubstr(second_)));
  EXPECT_THAT(people.asked, Not(Contains("point_of_no_return")));
  EXPECT_TRUE(std::filesystem::exists(out("root/custody/root.1.share")));
}

TEST_F(Destruction, ACopyThatIsNamedTwiceByAnotherNameIsFound) {
  std::filesystem::create_symlink(out("root/custody/root.1.share"), out("linked.share"));
  std::filesystem::create_hard_link(out("root/custody/root.1.share"), out("other.share"));
  for (const std::string& name :
       {out("root/custody/root.1.share"), out("linked.share"), out("other.share")}) {
    people.asked.clear();
    const Result<Outcome> held =
        hold(destroy_script + "  - {form: backup, where: " + name + ", holder: Dan Doe}\n", "end");
    ASSERT_FALSE(held);
    EXPECT_THAT(held.error().message,
                HasSubstr("the script names root/custody/root.1.share and " + name + ", which are one file"));
    EXPECT_TRUE(people.asked.empty());
  }
}

TEST_F(Destruction, AShareIsInTheHandsOfItsOfficer) {
  people.asked.clear();
  const Result<Outcome> held =
      hold(testing::with(testing::with(testing::with(destroy_script, "holder: Flo Ford", "holder: Nobody"),
                                       "holder: Gil Gray", "holder: Flo Ford"),
                         "holder: Nobody", "holder: Gil Gray"),
           "end");
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().message, HasSubstr("root/custody/root.1.share is the share of Flo Ford, but the "
                                              "script says that it is the one of Gil Gray"));
  EXPECT_THAT(people.asked, Not(Contains("point_of_no_return")));
  EXPECT_TRUE(std::filesystem::exists(out("root/custody/root.1.share")));
}

TEST_F(Destruction, ASignatureOfADestructionThatFailedIsVoid) {
  judge = [this](const JudgedBundle& judged) {
    Result<void> right = judge_bundle(judged);
    if (judged.awaits_signature) put_folder();
    return right;
  };
  const Result<Outcome> held = hold(destroy_script, "end");
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().message, AllOf(HasSubstr("cannot destroy " + second_), HasSubstr("void")));
  EXPECT_FALSE(std::filesystem::exists(out("end")));
  EXPECT_FALSE(std::filesystem::exists(destroying("transcript.sig")));
  EXPECT_TRUE(std::filesystem::exists(destroying("transcript.sig.void")));
  const Result<Replay> seen = replay({out("end.unfinished/bundle"), {}, {}});
  EXPECT_TRUE(!seen || !seen->passed());
  // Nothing follows what was signed: a part of it may be destroyed already.
  EXPECT_EQ(read_transcript(destroying("transcript.jsonl"), {}).value().lines.back().event, "ceremony.end");
}

// The last list, from the key that the destruction was of.
std::string list_after(const std::string& before) {
  return "ceremony: crl\ntitle: \"Test of a list\"\n" + testing::people_part +
         "previous:\n  bundle: " + before +
         R"(/bundle
issuer:
  certificate: root/bundle/root.pem
  custody:
    shares:
      threshold: 2
      officers: 2
      files: [root/custody/root.1.share, root/custody/root.2.share]
outputs:
  crl: root.crl.pem
crl:
  number: 1
  next_update: 180d
  first: true
)";
}

TEST_F(Destruction, NothingComesAfterIt) {
  std::filesystem::copy(out("root/custody"), folder + "/copy");  // a copy that nobody named
  ASSERT_TRUE(hold(destroy_script, "end"));
  std::filesystem::copy(folder + "/copy", out("root/custody"));
  clock.advance(Seconds(60));
  const Result<Outcome> refused = hold(list_after("end"), "list");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("nothing may come after it"));
  EXPECT_FALSE(std::filesystem::exists(out("list.unfinished")));
  // From a bundle that was not the newest.
  const Result<Outcome> list = hold(list_after("root"), "list");
  ASSERT_TRUE(list) << list.error().message;
  const Chain seen =
      replay_chain({out("root/bundle"), out("end/bundle"), out("list/bundle")}, bundle("root", "root.pem"))
          .value();
  EXPECT_TRUE(std::any_of(seen.checks.begin(), seen.checks.end(), [&](const Check& check) {
    return check.name == "nothing after the destruction" && !check.passed &&
           check.message.find(out("list/bundle")) != std::string::npos;
  }));
}

// Named by its hash alone, which does not tell the run what it was.
TEST_F(Destruction, AnotherUseOfTheKeyIsSeenWithItsBundle) {
  std::filesystem::copy(out("root/custody"), folder + "/copy");
  ASSERT_TRUE(hold(destroy_script, "end"));
  std::filesystem::copy(folder + "/copy", out("root/custody"));
  clock.advance(Seconds(60));
  const std::string head = to_hex(read_transcript(bundle("end", "transcript.jsonl"), {}).value().head());
  const std::string yaml =
      testing::with(testing::with(list_after("end"), "bundle: end/bundle", "transcript: " + head),
                    "  first: true", "  first: true\n  first_reason: there was never any list");
  const Result<Outcome> list = hold(yaml, "list");
  ASSERT_TRUE(list) << list.error().message;
  const Replay seen = replay({out("list/bundle"), out("end/bundle"), {}}).value();
  EXPECT_TRUE(std::any_of(seen.checks.begin(), seen.checks.end(), [&](const Check& check) {
    return check.name == "nothing after the destruction" && !check.passed &&
           check.message.find(out("end/bundle") + " is the destruction of the key") == 0;
  }));
}

TEST_F(Destruction, ANewRootMayComeAfterIt) {
  ASSERT_TRUE(hold(destroy_script, "end"));
  clock.advance(Seconds(60));
  const std::string next =
      testing::with(shares_root, "subject:", "previous:\n  bundle: end/bundle\nsubject:");
  const std::string signature = read(bundle("end", "transcript.sig"));
  write("out/end/bundle/transcript.sig", read(bundle("root", "transcript.sig")), 0644);  // of the same key
  const Result<Outcome> refused = hold(next, "second");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("transcript.sig is not the signature"));
  write("out/end/bundle/transcript.sig", signature, 0644);
  const Result<Outcome> held = hold(next, "second");
  EXPECT_TRUE(held) << held.error().message;
}

}  // namespace
}  // namespace chancery::ceremony
