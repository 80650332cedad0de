// A root of three shares, the recoveries that deal it anew, and its end.
#pragma once

#include "ca/ceremony/custody/secret_file.h"
#include "tests/unit/ca/ceremony/replay/rechained.h"

namespace chancery::ceremony::testing {

inline const std::string people_of_three = with(people_part, "Gil Gray]", "Gil Gray, Hal Hill]");
inline const std::string root_of_three = with(
    with(root_script, "file: root.key.pem\n  reason: only a test", "shares: {threshold: 2, officers: 3}"),
    "Gil Gray]", "Gil Gray, Hal Hill]");

// The shares 1 and 2 that `of` dealt open the key.
inline std::string script_of(const std::string& kind, const std::string& before, const std::string& of,
                             const std::string& authority = "authority") {
  return "ceremony: " + kind + "\ntitle: \"Test of " + kind + "\"\n" + people_of_three +
         "previous:\n  bundle: " + before + "/bundle\n" + authority +
         ":\n  certificate: root/bundle/root.pem\n  custody:\n    shares:\n      threshold: 2\n      "
         "officers: "
         "3\n      files: [" +
         of + "/custody/root.1.share, " + of + "/custody/root.2.share]\n";
}

// Its shares, all three or those that open the key; with the number of their dealing, or 0 for none.
inline std::string shares_of(const std::string& of, const std::string& key, int dealing = 0, int number = 3) {
  static const std::vector<std::string> officers{"Flo Ford", "Gil Gray", "Hal Hill"};
  std::string text = key + ":\n";
  for (int i = 1; i <= number; ++i) {
    text += "  - {form: share, ";
    if (dealing != 0) text += "dealing: " + std::to_string(dealing) + ", ";
    text += "where: " + of + "/custody/root." + std::to_string(i) +
            ".share, holder: " + officers.at(static_cast<std::size_t>(i - 1)) + "}\n";
  }
  return text;
}

inline const std::string lost =
    "outstanding:\n  - {form: share, where: a train, holder: Hal Hill, reason: it was lost on a journey}\n";
inline const std::string lost_of_the_first = with(lost, "share,", "share, dealing: 1,");
inline const std::string reshare = "reshare: {threshold: 2, officers: 3}\n";
inline const std::string ended = "reason: only a test of the end\n";

inline std::string recover(bool third_is_lost = false) {
  return script_of("recover", "root", "root") + reshare +
         shares_of("root", "retire", 0, third_is_lost ? 2 : 3) + (third_is_lost ? lost : "");
}

inline std::string destroy(int dealing = 0, const std::string& more = "") {
  return script_of("destroy", "recovery", "recovery") + ended + shares_of("recovery", "copies", dealing) +
         more;
}

class Retirement : public CeremonyTest {
 protected:
  void SetUp() override {
    for (const std::string number : {"1", "2", "3"}) {
      for (const std::string question : {"secret.new_key.", "secret.new_key.restore.", "secret.issuer_key."})
        people.answers[question + number] = "correct horse share " + number;
    }
    ASSERT_TRUE(held(root_of_three, "root"));
  }
  ::testing::AssertionResult held(const std::string& yaml, const std::string& into, bool resume = false) {
    clock.advance(Seconds(60));
    const Result<Outcome> outcome = hold(yaml, into, resume);
    if (outcome) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << outcome.error().message;
  }
  // Why it was not; nothing is left of it.
  std::string refused(const std::string& yaml) {
    clock.advance(Seconds(60));
    people.asked.clear();
    const Result<Outcome> outcome = hold(yaml, "refused");
    EXPECT_FALSE(outcome);
    EXPECT_FALSE(std::filesystem::exists(out("refused")));
    return outcome ? "" : outcome.error().message;
  }
  void expect_refused_before_anything(const std::string& yaml, const std::string& why) {
    EXPECT_THAT(refused(yaml), ::testing::HasSubstr(why));
    EXPECT_THAT(people.asked, ::testing::IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(out("refused.unfinished")));
  }
  [[nodiscard]] bool is_there(const std::string& file) const { return std::filesystem::exists(out(file)); }
  [[nodiscard]] std::vector<std::string> left_after(const std::string& of) const {
    std::vector<std::string> left;
    const Transcript transcript = read_transcript(bundle(of, "transcript.jsonl"), {}).value();
    for (const TranscriptLine& line : transcript.lines) {
      if (line.event == "key.copy")
        left.push_back(field(line, "officer") + " " +
                       std::to_string(std::get<std::int64_t>(line.data.at("dealing"))));
    }
    return left;
  }
  static std::string not_checked(const Replay& replay, const std::string& name) {
    for (const Check& check : replay.checks) {
      if (check.name == name && check.passed && !check.checked) return check.message;
    }
    return "";
  }
  // Whose signature nothing here takes: what else is wrong with a transcript is looked at all the same.
  std::string other_key() {
    if (!is_there("filed")) {
      EXPECT_TRUE(hold_root(root_script, "filed"));
    }
    return out("filed/custody/root.key.pem");
  }
  // Once all has been said and judged, the second old share cannot be destroyed.
  void fail_at_the_end(const std::string& yaml, const std::string& into, const std::string& second) {
    judge = [this, second](const JudgedBundle& judged) {
      Result<void> right = judge_bundle(judged);
      if (!judged.awaits_signature) return right;
      std::filesystem::rename(second, folder + "/kept.share");
      std::filesystem::create_directory(second);
      return right;
    };
    clock.advance(Seconds(60));
    const Result<Outcome> outcome = hold(yaml, into);
    judge = judge_bundle;
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().message, ::testing::AllOf(::testing::HasSubstr("cannot destroy " + second),
                                                          ::testing::HasSubstr("--resume")));
    EXPECT_FALSE(is_there(into));
    EXPECT_TRUE(is_there(into + ".unfinished/bundle/transcript.sig.void"));
    std::filesystem::remove(second);
    std::filesystem::rename(folder + "/kept.share", second);
  }
  // The copies are destroyed, and the signature does not get its name.
  void fail_after_the_end(const std::string& yaml, const std::string& into) {
    const std::string signature = out(into + ".unfinished/bundle/transcript.sig");
    judge = [signature](const JudgedBundle& judged) {
      Result<void> right = judge_bundle(judged);
      if (judged.awaits_signature) std::filesystem::create_directory(signature);
      return right;
    };
    clock.advance(Seconds(60));
    const Result<Outcome> outcome = hold(yaml, into);
    judge = judge_bundle;
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().message, ::testing::HasSubstr("--resume"));
    EXPECT_FALSE(is_there(into));
    std::filesystem::remove(signature);
    EXPECT_TRUE(is_there(into + ".unfinished/bundle/transcript.sig.void"));
  }
  // As a crash leaves it that came when the first share was destroyed.
  void fail_in_the_middle(const std::string& yaml, const std::string& into, const std::string& of) {
    fail_at_the_end(yaml, into, out(of + "/custody/root.2.share"));
    EXPECT_FALSE(is_wiped(out(of + "/custody/root.1.share")).value());  // nothing goes before all can
    ASSERT_TRUE(wipe_file(out(of + "/custody/root.1.share")));
  }
};

}  // namespace chancery::ceremony::testing
