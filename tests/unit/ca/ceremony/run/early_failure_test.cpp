// A ceremony that fails before anybody has said anything leaves nothing; the first word makes it evidence.
#include "ca/ceremony/replay/replay.h"
#include "ca/ceremony/transcript/transcript.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::intermediate_script;
using ::testing::Not;
using testing::with;

class EarlyFailure : public testing::CeremonyTest {
 protected:
  void SetUp() override { ASSERT_TRUE(hold_root()); }
  void expect_nothing_left(const Result<Outcome>& outcome, const std::string& said, const std::string& of) {
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().message, HasSubstr(said));
    EXPECT_FALSE(std::filesystem::exists(out(of + ".unfinished")));
    EXPECT_FALSE(std::filesystem::exists(out(of)));
  }
  [[nodiscard]] std::string head() const {
    return to_hex(read_transcript(bundle("root", "transcript.jsonl"), {}).value().head());
  }
  // The first list, after a ceremony that is named by its hash.
  [[nodiscard]] std::string first_crl(const std::string& more) const {
    return "ceremony: crl\ntitle: \"Test of crl\"\n" + testing::people_part +
           "previous:\n  transcript: " + head() +
           "\nissuer:\n  certificate: root/bundle/root.pem\n  custody:\n    file: root/custody/root.key.pem\n"
           "outputs:\n  crl: root.crl.pem\ncrl:\n  number: 1\n  next_update: 180d\n  first: true\n" +
           more;
  }
};

TEST_F(EarlyFailure, AMissingFileIsFoundBeforeAnybodyIsAsked) {
  people.asked.clear();
  expect_nothing_left(hold_intermediate(with(intermediate_script, "certificate: root/bundle/root.pem",
                                             "certificate: root/bundle/none.pem")),
                      "the issuer's certificate", "intermediate");
  expect_nothing_left(
      hold_intermediate(with(intermediate_script, "custody/root.key.pem", "custody/none.pem")),
      "the issuer's key must be there", "intermediate");
  EXPECT_TRUE(people.asked.empty());
}

TEST_F(EarlyFailure, ARefusedPreviousLeavesNothing) {
  std::filesystem::remove(bundle("root", "transcript.sig"));
  expect_nothing_left(hold_intermediate(), "the previous ceremony", "intermediate");
}

// As a terminal that is not there.
class Nobody final : public Interaction {
 public:
  void show(std::string_view) override {}
  Result<std::string> ask(const Question&) override {
    return make_error(ErrorCode::unavailable, "nobody is there");
  }
  Result<SecretBytes> ask_secret(const Question&) override {
    return make_error(ErrorCode::unavailable, "nobody");
  }
  Result<SecretBytes> ask_new_secret(const Question& question) override { return ask_secret(question); }
  [[nodiscard]] SecretWay secret_way(const Question& /*question*/) const override {
    return SecretWay::terminal;
  }
  [[nodiscard]] unsigned tries() const override { return 1; }
  Result<void> finish() override { return {}; }
};

TEST_F(EarlyFailure, NobodyThereLeavesNothing) {
  Nobody nobody;
  const Script script = parse_script(testing::root_script, "a.yaml").value();
  const auto attempt = [&](bool resume) {
    return run({.script = script,
                .input = output,
                .output = out("x"),
                .resume = resume,
                .interaction = nobody,
                .clock = clock,
                .random = random,
                .machine = machine,
                .lock_memory = memory_is_locked,
                .kdf = quick_kdf},
               progress);
  };
  expect_nothing_left(attempt(false), "nobody is there", "x");
  people.answers["role.internal_witness"] = "XY";
  ASSERT_FALSE(hold(testing::root_script, "x"));
  ASSERT_FALSE(attempt(true));  // what somebody said in the attempt before stays
  EXPECT_TRUE(std::filesystem::exists(out("x.unfinished/bundle/aborted-1.jsonl")));
}

TEST_F(EarlyFailure, AWordThatWasSaidIsKept) {
  people.answers["role.internal_witness"] = "XY";
  ASSERT_FALSE(hold(testing::root_script, "kept"));
  EXPECT_THAT(read(out("kept.unfinished/bundle/transcript.jsonl")),
              AllOf(HasSubstr("\"octets\":2,"), HasSubstr("\"right\":false"), Not(HasSubstr("XY"))));
}

// Anybody can make a folder of the output's name while the ceremony goes on.
TEST_F(EarlyFailure, AForeignFolderKeepsNoKeyAlive) {
  people.heard = [this](const std::string& id) {
    if (id == "words.certificate") std::filesystem::create_directory(out("late"));
  };
  const Result<Outcome> outcome = hold_root(testing::root_script, "late");
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("has come to be meanwhile"));
  EXPECT_TRUE(std::filesystem::is_empty(out("late.unfinished/custody")));
  EXPECT_FALSE(std::filesystem::exists(out("late.unfinished/bundle/transcript.sig")));
  EXPECT_TRUE(std::filesystem::exists(out("late.unfinished/bundle/transcript.sig.void")));
  const Transcript left = read_transcript(out("late.unfinished/bundle/transcript.jsonl"), {}).value();
  EXPECT_EQ(left.lines[left.lines.size() - 2].event, "ceremony.end");
  EXPECT_EQ(left.lines.back().event, "step.failed");  // that last word counts
  EXPECT_THAT(std::get<std::string>(left.lines.back().data.at("error")),
              HasSubstr("has come to be meanwhile"));
}

TEST_F(EarlyFailure, AForeignFolderAndAWrongAnswerKeepNoKeyAlive) {
  people.heard = [this](const std::string& id) {
    if (id == "words.certificate") std::filesystem::create_directory(out("late"));
  };
  people.answers["words.certificate"] = "XX";
  ASSERT_FALSE(hold_root(testing::root_script, "late"));
  EXPECT_TRUE(std::filesystem::is_empty(out("late.unfinished/custody")));
}

// A medium that keeps no modes shows what others may do, whatever was asked for.
TEST_F(EarlyFailure, ACustodyThatOthersMayUseIsFoundBeforeAnybodyIsAsked) {
  people.answers["role.internal_witness"] = "XY";
  ASSERT_FALSE(hold_root(testing::root_script, "open"));
  people.answers.erase("role.internal_witness");
  const std::string custody = out("open.unfinished/custody");
  std::filesystem::permissions(custody, std::filesystem::perms(0755));
  people.asked.clear();
  const Result<Outcome> held = hold(testing::root_script, "open", true);
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::forbidden);
  EXPECT_THAT(held.error().message, AllOf(HasSubstr(custody), HasSubstr("mount -o umask=077")));
  EXPECT_TRUE(people.asked.empty());
  std::filesystem::permissions(custody, std::filesystem::perms(0700));
  const Result<Outcome> mended = hold(testing::root_script, "open", true);
  EXPECT_TRUE(mended) << mended.error().message;
}

TEST_F(EarlyFailure, AKeyThatOthersMayReadIsFoundBeforeAnybodyIsAsked) {
  people.asked.clear();
  std::filesystem::permissions(out("root/custody/root.key.pem"), std::filesystem::perms(0640));
  expect_nothing_left(hold_intermediate(), "root.key.pem may be used by others", "intermediate");
  EXPECT_TRUE(people.asked.empty());
}

TEST_F(EarlyFailure, AFirstListAfterAHashNeedsAReason) {
  people.asked.clear();
  expect_nothing_left(hold(first_crl(""), "crl"), "declare crl.first_reason", "crl");
  EXPECT_TRUE(people.asked.empty());
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  const Result<Outcome> held = hold(first_crl("  first_reason: the safe of the last bundle burnt\n"), "crl");
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(read(bundle("crl", "transcript.jsonl")),
              HasSubstr("none, by an exception declared in the script: the safe of the last bundle burnt"));
  const Replay seen = replay({out("crl/bundle"), {}, {}}).value();
  EXPECT_TRUE(seen.passed());
  EXPECT_TRUE(std::any_of(seen.checks.begin(), seen.checks.end(), [](const Check& check) {
    return check.name == "no list before" && !check.checked;
  }));
}

TEST_F(EarlyFailure, TheReasonHasTwentyOctetsAndStandsBesideFirst) {
  EXPECT_TRUE(parse_script(first_crl("  first_reason: 12345678901234567890\n"), "a.yaml"));
  const auto said = [](const std::string& yaml) {
    return parse_script(yaml, "a.yaml").error().details.at(0).message;
  };
  EXPECT_THAT(said(first_crl("  first_reason: 1234567890123456789\n")), HasSubstr("at least 20 octets"));
  EXPECT_THAT(
      said(with(first_crl("  first_reason: 12345678901234567890\n"), "first: true", "previous: x.pem")),
      HasSubstr("only beside first: true"));
  EXPECT_THAT(said(first_crl("  previous_reason: 12345678901234567890\n")),
              HasSubstr("previous_reason stands only beside previous"));
  EXPECT_THAT(
      said(with(first_crl("  previous_reason: 1234567890123456789\n"), "first: true", "previous: x.pem")),
      HasSubstr("that a list is the newest, which nobody can check, needs a reason of at least 20"));
}

}  // namespace
}  // namespace chancery::ceremony
