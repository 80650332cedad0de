// Transcripts that say more than a ceremony of their kind can have written: each is signed again by the
// root's key, so that only what it says is wrong.
#include "tests/unit/ca/ceremony/replay/rechained.h"
#include "tests/unit/ca/ceremony/replay/scripts.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::failures;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Lines;

class EventTest : public testing::RechainTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    people.answers["secret.issuer_key"] = testing::root_passphrase;
    const Result<Outcome> held = hold(testing::crl_script(1, "  first: true\n"), "crl");
    ASSERT_TRUE(held) << held.error().message;
  }
  // Of the bundle of `of` with one line more, after everything else but the end.
  std::vector<std::string> with_line(const std::string& of, const std::string& event, const EventData& data) {
    return failures(changed(of, [&](Lines& lines) {
      const auto end = lines.end() - 1;
      lines.insert(end, {end->at, event, data, {}});
    }));
  }
  // The same with a line of its own written twice.
  std::vector<std::string> twice(const std::string& of, const std::string& event,
                                 const std::function<void(EventData&)>& edit) {
    return failures(changed(of, [&](Lines& lines) {
      TranscriptLine again = testing::first(lines, event);
      again.at = lines.back().at;
      edit(again.data);
      lines.insert(lines.end() - 1, again);
    }));
  }
};

TEST_F(EventTest, WhatWasHeldIsInPlace) {
  EXPECT_THAT(failures(out("root/bundle")), IsEmpty());
  EXPECT_THAT(failures(out("crl/bundle")), IsEmpty());
  EXPECT_THAT(
      with_line("root", "note", {{"by", std::string("chancery-root")}, {"note", std::string("a remark")}}),
      IsEmpty());
}

TEST_F(EventTest, AKindHasNoRoomForAnothersEvents) {
  const std::string hash(64, '0');
  const EventData destroyed{
      {"key", std::string("k")}, {"custody", std::string("file")}, {"copy", std::string("c")}};
  EXPECT_THAT(with_line("root", "key.destroyed", destroyed),
              ElementsAre(AllOf(HasSubstr("nothing out of place: transcript.jsonl, line "),
                                HasSubstr("field event: a ceremony of kind root writes no key.destroyed"))));
  EXPECT_THAT(with_line("crl", "key.destroyed", destroyed),
              ElementsAre(HasSubstr("a ceremony of kind crl writes no key.destroyed")));
  EXPECT_THAT(with_line("crl", "key.made",
                        {{"key", std::string("k")},
                         {"type", std::string("P-384")},
                         {"custody", std::string("file")},
                         {"spki", std::string()},
                         {"spki_sha256", hash}}),
              Contains(HasSubstr("a ceremony of kind crl writes no key.made")));
}

TEST_F(EventTest, NothingIsSaidMoreOftenThanItHappened) {
  const auto as_it_is = [](EventData&) {};
  EXPECT_THAT(twice("root", "key.made", as_it_is),
              Contains(AllOf(HasSubstr("nothing out of place: "), HasSubstr("one key.made too many"))));
  EXPECT_THAT(twice("crl", "tbs", as_it_is), Contains(HasSubstr("one tbs too many; there was one in line ")));
  EXPECT_THAT(twice("crl", "lint", as_it_is), Contains(HasSubstr("one lint too many")));
  EXPECT_THAT(twice("crl", "crl.present", as_it_is), Contains(HasSubstr("one crl.present too many")));
}

TEST_F(EventTest, EachHashIsReadAloudOnce) {
  EXPECT_THAT(twice("root", "words",
                    [](EventData& data) {
                      data["id"] = std::string("words.certificate");
                      data["sha256"] = std::string(64, '0');
                    }),
              ElementsAre(AllOf(HasSubstr("people: transcript.jsonl, line "),
                                HasSubstr("field id: words.certificate were read in line "))));
  EXPECT_THAT(twice("crl", "words", [](EventData& data) { data["id"] = std::string("words.certificate"); }),
              ElementsAre(HasSubstr("field id: this ceremony reads no words.certificate aloud")));
}

TEST_F(EventTest, NobodyAnswersWhatNobodyAsked) {
  EXPECT_THAT(
      with_line("root", "answer",
                {{"id", std::string("point_of_no_return.signing")},
                 {"question", std::string("Ada Adams: type \"proceed\" to go on")},
                 {"answer", std::string("proceed")}}),
      ElementsAre(AllOf(HasSubstr("people: transcript.jsonl, line "),
                        HasSubstr("field id: this ceremony asks nobody point_of_no_return.signing"))));
  EXPECT_THAT(
      twice("root", "answer", [](EventData&) {}),
      ElementsAre(HasSubstr("field answer: role.administrator was answered right here, and then once")));
  EXPECT_THAT(twice("root", "answer",
                    [](EventData& data) {
                      data["id"] = std::string("lint.warnings");  // the lints warned of nothing
                    }),
              ElementsAre(HasSubstr("this ceremony asks nobody lint.warnings")));
}

TEST_F(EventTest, ARightAnswerIsNotCalledWrong) {
  EXPECT_THAT(testing::but_for_the_serial(failures(changed(
                  "root", [](Lines& lines) { testing::first(lines, "answer").data["right"] = true; }))),
              ElementsAre(HasSubstr("field right: a wrong answer has no text")));
}

TEST_F(EventTest, NobodyGivesASecretThatNobodyAsked) {
  const auto of = [](const std::string& id) { return [id](EventData& data) { data["id"] = id; }; };
  EXPECT_THAT(twice("root", "secret", of("secret.issuer_key")),
              ElementsAre(HasSubstr("field id: this ceremony asks for no secret secret.issuer_key")));
  EXPECT_THAT(twice("root", "secret", of("secret.new_key")),
              ElementsAre(HasSubstr("field id: secret.new_key was chosen in line ")));
  // One that opens a key may be typed wrong, and again.
  EXPECT_THAT(twice("crl", "secret", of("secret.issuer_key")), IsEmpty());
}

TEST_F(EventTest, NotesAreTheProgramsOwn) {
  EXPECT_THAT(
      with_line("root", "note", {{"by", std::string("Ada Adams")}, {"note", std::string("a remark")}}),
      ElementsAre(AllOf(HasSubstr("nothing out of place: "),
                        HasSubstr("field by: only chancery-root writes notes"))));
}

TEST_F(EventTest, CustodiansGetNoMoreThanTheScriptSays) {
  const auto secret = [](EventData& data) {
    data["file"] = std::string("other.key.pem");
    data["public"] = false;
  };
  EXPECT_THAT(twice("root", "artefact", secret),
              ElementsAre(HasSubstr("field public: this ceremony has 1 for its custodians")));
  EXPECT_THAT(twice("crl", "artefact", secret),
              ElementsAre(HasSubstr("field public: this ceremony has 0 for its custodians")));
}

}  // namespace
}  // namespace chancery::ceremony
