#include "ca/ceremony/interaction/conversation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "ca/base/unicode.h"
#include "ca/ceremony/interaction/text.h"

namespace chancery::ceremony {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Answers one question after another.
class Person final : public Interaction {
 public:
  explicit Person(std::deque<std::string> answers, unsigned tries = 3)
      : answers_(std::move(answers)), tries_(tries) {}
  void show(std::string_view text) override { shown += text; }
  Result<std::string> ask(const Question&) override {
    if (answers_.empty()) return make_error(ErrorCode::unavailable, "given up");
    std::string answer = answers_.front();
    answers_.pop_front();
    if (!is_utf8(answer)) return make_error(ErrorCode::validation, "that is not UTF-8");
    return answer;
  }
  Result<SecretBytes> ask_secret(const Question& question) override {
    const Result<std::string> answer = ask(question);
    if (!answer) return answer.error();
    return SecretBytes::copy_of(as_bytes(*answer));
  }
  Result<SecretBytes> ask_new_secret(const Question& question) override { return ask_secret(question); }
  [[nodiscard]] SecretWay secret_way(const Question& /*question*/) const override {
    return SecretWay::descriptor;
  }
  [[nodiscard]] unsigned tries() const override { return tries_; }
  Result<void> finish() override { return {}; }
  std::string shown;

 private:
  std::deque<std::string> answers_;
  unsigned tries_;
};

class Diary final : public Listener {
 public:
  Result<void> answered(const Question& question, const std::string& answer) override {
    return note(question.id + "=" + answer);
  }
  Result<void> answered_wrong(const Question& question, std::size_t octets) override {
    return note(question.id + " wrong, " + std::to_string(octets));
  }
  Result<void> secret_given(const Question& question, SecretWay way) override {
    return note(question.id + " by " + std::string(to_string(way)));
  }
  Result<void> token_seen(const TokenSeen& token) override {
    return note("token " + token.label + ", module " + token.module_sha256);
  }
  Result<void> words_ticked(const WordsRead& words) override { return note(words.id + " " + words.sha256); }
  Result<void> no_return(const std::string& what) override { return note("no return: " + what); }
  Result<void> noted(const std::string& what) override { return note("note: " + what); }
  std::vector<std::string> lines;
  bool full = false;

 private:
  Result<void> note(std::string line) {
    if (full) return make_error(ErrorCode::unavailable, "the disk is full");
    lines.push_back(std::move(line));
    return {};
  }
};

TEST(Initials, AreTheFirstLettersOfEachWord) {
  EXPECT_EQ(initials_of("Ada Lovelace"), "AL");
  EXPECT_EQ(initials_of("  ada  king  noel "), "AKN");
  EXPECT_EQ(initials_of("Zo\u00eb \u00c9mile"), "Z\u00c9");
  EXPECT_EQ(initials_of(" "), "");
}

TEST(Conversation, InitialsMayBeTypedInSmallLetters) {
  Person person({"al"});
  Diary diary;
  EXPECT_TRUE(Conversation(person, diary).initials("role.x", "Ada Lovelace", "I am here"));
  EXPECT_THAT(diary.lines, ElementsAre("role.x=al"));
}

TEST(Conversation, WrongAnswersAreAskedAgainAndWrittenDown) {
  Person person({"xx", "AL"});
  Diary diary;
  EXPECT_TRUE(Conversation(person, diary).initials("role.x", "Ada Lovelace", "I am here"));
  EXPECT_THAT(diary.lines, ElementsAre("role.x wrong, 2", "role.x=AL"));
  EXPECT_THAT(person.shown, HasSubstr("once more"));
}

// Somebody's passphrase, typed at the wrong prompt.
TEST(Conversation, WrongAnswersAreNeverRepeated) {
  const std::string slip = "correct horse battery";
  Person person({slip, slip, slip, slip, slip, slip});
  Diary diary;
  Conversation conversation(person, diary);
  const Result<void> initials = conversation.initials("role.x", "Ada Lovelace", "I am here");
  const Result<TimePoint> time = conversation.time("clock.first", "Ada");
  ASSERT_FALSE(initials || time);
  EXPECT_THAT(initials.error().message + time.error().message + person.shown,
              ::testing::Not(HasSubstr("horse")));
  EXPECT_THAT(diary.lines, ::testing::Each(::testing::Not(HasSubstr("horse"))));
}

TEST(Conversation, OneWrongKeystrokeIsAskedAgain) {
  Person person({"A\xff", "AL"});
  Diary diary;
  EXPECT_TRUE(Conversation(person, diary).initials("role.x", "Ada Lovelace", "I am here"));
  EXPECT_THAT(diary.lines, ElementsAre("role.x=AL"));
  EXPECT_THAT(person.shown, HasSubstr("not UTF-8; once more"));
  Person clumsy({"\xff", "\xff", "\xff", "AL"});
  EXPECT_FALSE(Conversation(clumsy, diary).initials("role.x", "Ada Lovelace", "I am here"));
}

TEST(Conversation, EndsAfterTheLastTry) {
  Person person({"a", "b", "c", "AL"});
  Diary diary;
  const Result<void> given = Conversation(person, diary).initials("role.x", "Ada Lovelace", "I am here");
  ASSERT_FALSE(given);
  EXPECT_THAT(given.error().message, HasSubstr("role.x: those are not the initials of Ada Lovelace"));
  Person impatient({"a", "AL"}, 1);
  EXPECT_FALSE(Conversation(impatient, diary).initials("role.x", "Ada Lovelace", "I am here"));
}

TEST(Conversation, TimesAreReadStrictly) {
  Person person({"noon", "2026-03-01 12:00:00", "2026-03-01T12:00:00Z"});
  Diary diary;
  const Result<TimePoint> time = Conversation(person, diary).time("clock.first", "Ada");
  ASSERT_TRUE(time) << time.error().message;
  EXPECT_EQ(to_rfc3339(*time), "2026-03-01T12:00:00Z");
}

TEST(Conversation, NewPassphraseHasLimits) {
  Diary diary;
  const auto taken = [&](const std::string& passphrase) {
    Person person({passphrase}, 1);
    return static_cast<bool>(Conversation(person, diary).new_passphrase({"secret.new_key", "Passphrase"}));
  };
  const auto long_one = [](std::size_t size) { return "words" + std::string(size - 5, 'x'); };
  EXPECT_FALSE(taken(long_one(shortest_passphrase - 1)));
  EXPECT_TRUE(taken(long_one(shortest_passphrase)));
  EXPECT_TRUE(taken(long_one(longest_passphrase)));
  EXPECT_FALSE(taken(long_one(longest_passphrase + 1)));
  EXPECT_THAT(diary.lines, ElementsAre("secret.new_key by descriptor",
                                       "secret.new_key by descriptor"));  // never what it was
}

TEST(Conversation, NewPassphraseIsNoKeyHeldDown) {
  Diary diary;
  const auto outcome = [&](const std::string& passphrase) {
    Person person({passphrase}, 1);
    const auto taken = Conversation(person, diary).new_passphrase({"secret.new_key", "Passphrase"});
    return taken ? "ok" : taken.error().message;
  };
  EXPECT_EQ(outcome("abcdabcdabcde"), "ok");
  EXPECT_EQ(outcome("abcdeee      "), "ok");  // seven, and six blanks
  EXPECT_EQ(outcome("\xc3\xa9t\xc3\xa9 chaud, dit-on"), "ok");
  for (const std::string few : {"aaaaaaaaaaaa", "abcdabcdabcd", "            x", "a b c d a b c d"})
    EXPECT_THAT(outcome(few), HasSubstr("fewer than 5 different characters")) << few;
  EXPECT_THAT(outcome("abcdee       "), HasSubstr("more than half of the passphrase is blanks"));
  EXPECT_THAT(outcome("abcde \t \t \t \t "), HasSubstr("more than half of the passphrase is blanks"));
}

TEST(Conversation, GivingUpIsNotAskedAgain) {
  Person person({"short"});
  Diary diary;
  const Result<SecretBytes> given = Conversation(person, diary).new_passphrase({"s", "Passphrase"});
  ASSERT_FALSE(given);
  EXPECT_EQ(given.error().code, ErrorCode::unavailable);
}

TEST(Conversation, WordsAreShownBeforeTheyAreTicked) {
  Person person({"BB"});
  Diary diary;
  const Bytes hash = parse_hex("e58294f2e9a22748").value();
  EXPECT_TRUE(
      Conversation(person, diary).read_aloud("words.script", "the script", hash, "Ada Adams", "Bob Brown"));
  EXPECT_THAT(person.shown,
              HasSubstr("    e582 94f2  topmost Istanbul Pluto vagabond\n    e9a2 2748  treadmill "));
  EXPECT_THAT(diary.lines, ElementsAre("words.script=BB", "words.script e58294f2e9a22748"));
}

TEST(Conversation, PointOfNoReturnIsAnnouncedAndNeedsItsWord) {
  Person person({"yes", "Proceed"});
  Diary diary;
  EXPECT_TRUE(Conversation(person, diary).point_of_no_return("point_of_no_return", "Ada", "a key is made"));
  EXPECT_THAT(person.shown, HasSubstr("POINT OF NO RETURN: a key is made"));
  EXPECT_EQ(diary.lines.back(), "no return: a key is made");
  Person no({"no"}, 1);
  EXPECT_FALSE(Conversation(no, diary).point_of_no_return("point_of_no_return", "Ada", "a key is made"));
}

TEST(Conversation, WhatCannotBeWrittenDownIsNotTaken) {
  Person person({"AL", "passphrase of many octets"});
  Diary diary;
  diary.full = true;
  Conversation conversation(person, diary);
  EXPECT_EQ(conversation.initials("r", "Ada Lovelace", "I am here").error().code, ErrorCode::unavailable);
  EXPECT_EQ(conversation.secret({"s", "Passphrase"}).error().code, ErrorCode::unavailable);
}

Result<void> opens_with_the_third(const SecretBytes& given) {
  if (as_text(given.reveal()) == "third") return {};
  return make_error(ErrorCode::unauthorized, "wrong passphrase");
}

TEST(Conversation, SecretThatDoesNotOpenIsAskedForAgain) {
  Person person({"first", "second", "third"});
  Diary diary;
  EXPECT_TRUE(Conversation(person, diary).secret({"secret.key", "Passphrase"}, opens_with_the_third));
  EXPECT_THAT(diary.lines, ElementsAre("secret.key by descriptor", "secret.key by descriptor",
                                       "secret.key by descriptor"));
  EXPECT_THAT(person.shown, HasSubstr("wrong passphrase; once more"));
}

TEST(Conversation, SecretsAreTriedAsOftenAsAllowedAndNoMore) {
  Person person({"first", "second", "third"}, 2);
  Diary diary;
  const Result<void> opened =
      Conversation(person, diary).secret({"secret.key", "Passphrase"}, opens_with_the_third);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unauthorized);
  EXPECT_EQ(diary.lines.size(), 2U);
}

TEST(Conversation, SecretIsNotAskedForAgainWhenSomethingElseIsWrong) {
  Person person({"first", "second"});
  Diary diary;
  const Result<void> opened =
      Conversation(person, diary).secret({"secret.key", "Passphrase"}, [](const SecretBytes&) {
        return Result<void>(make_error(ErrorCode::forbidden, "locked"));
      });
  ASSERT_FALSE(opened);
  EXPECT_EQ(diary.lines.size(), 1U);
}

}  // namespace
}  // namespace chancery::ceremony
