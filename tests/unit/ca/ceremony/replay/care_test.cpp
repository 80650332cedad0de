// What a transcript must say of the care taken around a signature; those of before need not.
#include "tests/unit/ca/ceremony/replay/rechained.h"
#include "tests/unit/ca/ceremony/replay/scripts.h"

namespace chancery::ceremony {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using testing::Lines;
using ::testing::Not;

// As before programs named their version.
void make_old(Lines& lines) {
  lines.front().data.erase("version");
  lines.front().data.erase("nonce");
  testing::make_of_format(lines, 1);
}

// As if a file had answered every question.
void prepare_answers(Lines& lines) {
  lines.front().data["answers"] = "file";
  for (TranscriptLine& line : lines) {
    if (line.event == "secret") line.data["by"] = "answers";
  }
}

// A wrong answer before the right one, with its text.
void publish_wrong_answer(Lines& lines) {
  const auto at = std::find_if(lines.begin(), lines.end(), [](const TranscriptLine& line) {
    return line.event == "answer" && std::get<std::string>(line.data.at("id")) == "clock.first";
  });
  TranscriptLine wrong = *at;
  wrong.data["answer"] = "correct horse battery";
  lines.insert(at, wrong);
}

class CareTest : public testing::RechainTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    people.answers["secret.issuer_key"] = testing::root_passphrase;
    const Result<Outcome> held = hold(testing::crl_script(1, "  first: true\n"), "crl");
    ASSERT_TRUE(held) << held.error().message;
  }
  // Of the CRL's bundle after `edit`, signed again.
  std::vector<std::string> after(const std::function<void(Lines&)>& edit) {
    left_out_.clear();
    const Replay seen = replay({changed("crl", edit), {}, {}}).value();
    for (const Check& check : seen.checks) {
      if (!check.checked) left_out_.push_back(check.name);
    }
    return testing::failures_of(seen);
  }
  std::vector<std::string> left_out_;  // the checks that were not made
};

TEST_F(CareTest, WordAndLintsAreInTheTranscript) {
  EXPECT_THAT(after([](Lines&) {}), IsEmpty());
  const std::string transcript = read(bundle("crl", "transcript.jsonl"));
  EXPECT_THAT(transcript, HasSubstr("the next step signs CRL number 1 with the key of "));
  EXPECT_THAT(transcript, HasSubstr(R"("version":")"));
  EXPECT_LT(transcript.find(R"("what":"lint CRL")"), transcript.find("the next step signs"));
}

TEST_F(CareTest, ASignatureWithoutTheWordIsSeen) {
  EXPECT_THAT(after([](Lines& lines) { testing::drop(lines, "point_of_no_return"); }),
              ElementsAre(HasSubstr("point of no return: transcript.jsonl: it was announced 0 times")));
  EXPECT_THAT(after([](Lines& lines) {
                const TranscriptLine early = testing::first(lines, "point_of_no_return");
                testing::drop(lines, "point_of_no_return");
                lines.insert(lines.begin() + 1, early);
                lines[1].at = lines[0].at;
              }),
              ElementsAre(HasSubstr("it was announced before what was to be signed, line ")));
  EXPECT_THAT(after([](Lines& lines) {
                TranscriptLine late = testing::first(lines, "point_of_no_return");
                testing::drop(lines, "point_of_no_return");
                lines.insert(lines.end() - 1, late);
              }),
              ElementsAre(HasSubstr("it was announced after line ")));
}

// The lints look at what was signed as of the moment that the record gives, not of what the certificate says.
TEST_F(CareTest, ACertificateOfALaterDayIsJudgedAtTheMomentOfItsSignature) {
  people.answers["secret.new_key"] = testing::root_passphrase;
  ASSERT_TRUE(hold(testing::with(testing::root_script, "3650d", "3650d\n  not_before: 2026-03-31T12:00:00Z"),
                   "later"));
  const auto replayed = [&](Seconds earlier) {
    const std::string copy = folder + "/later-" + std::to_string(earlier.count());
    std::filesystem::copy(out("later/bundle"), copy);
    testing::rechain(copy, out("later/custody/root.key.pem"), [&](Lines& lines) {
      for (TranscriptLine& line : lines) line.at = line.at - earlier;
      testing::first(lines, "tbs").data["at"] = to_rfc3339(testing::first(lines, "tbs").at);
    });
    return testing::but_for_the_serial(testing::failures_of(replay({copy, {}, {}}).value()));
  };
  EXPECT_THAT(replayed(Seconds(0)), IsEmpty());
  EXPECT_THAT(replayed(Seconds(1)),
              ElementsAre(HasSubstr("house.ca_horizon: notBefore 2026-03-31T12:00:00Z")));
}

TEST_F(CareTest, TheMomentOfSigningIsOneOfThisCeremony) {
  for (const std::string at : {"2026-03-01T11:59:59Z", "2026-03-01T12:00:01Z"}) {
    EXPECT_THAT(after([&](Lines& lines) { testing::first(lines, "tbs").data["at"] = at; }),
                Contains(HasSubstr("field at: it is not a moment of this ceremony")));
  }
}

// An intermediate has a word for its key and one for the signature.
class TwoWords : public testing::RechainTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    const Result<Outcome> held = hold_intermediate();
    ASSERT_TRUE(held) << held.error().message;
    key_ = to_hex(held->certificate.fields().extensions.subject_key_identifier);
  }
  std::vector<std::string> after(const std::function<void(Lines&)>& edit) {
    return testing::but_for_the_serial(
        testing::failures_of(replay({changed("intermediate", edit), {}, {}}).value()));
  }
  // Moves the second word and its answer, in this order, to before the line `where` names.
  static void move_second(Lines& lines, const std::function<bool(const TranscriptLine&)>& where) {
    const auto second = [](const TranscriptLine& line) {
      return (line.event == "answer" && testing::field(line, "id") == "point_of_no_return.signing") ||
             (line.event == "point_of_no_return" &&
              testing::field(line, "what").starts_with("the next step signs"));
    };
    Lines moved;
    std::copy_if(lines.begin(), lines.end(), std::back_inserter(moved), second);
    std::erase_if(lines, second);
    const auto at = std::find_if(lines.begin(), lines.end(), where);
    for (TranscriptLine& line : moved) line.at = at->at;
    lines.insert(at, moved.begin(), moved.end());
  }
  std::string key_;
};

TEST_F(TwoWords, TheSecondNamesWhatIsSigned) {
  EXPECT_THAT(after([](Lines&) {}), IsEmpty());
  const std::string transcript = read(bundle("intermediate", "transcript.jsonl"));
  const std::size_t first = transcript.find("the next step makes the key of CN=Test Issuing CA"),
                    made = transcript.find(R"("event":"key.made")"),
                    prepared = transcript.find(R"("event":"tbs")"),
                    second = transcript.find("the next step signs the certificate of CN=Test Issuing CA"),
                    written = transcript.find(R"("event":"artefact")");
  EXPECT_LT(first, made);
  EXPECT_LT(made, prepared);
  EXPECT_LT(prepared, second);
  EXPECT_LT(second, written);
  EXPECT_NE(written, std::string::npos);
  EXPECT_THAT(transcript.substr(second, 300), HasSubstr("for the new key " + key_));
}

TEST_F(TwoWords, OneOfThemIsNotEnough) {
  EXPECT_THAT(
      after([](Lines& lines) { testing::drop_of(lines, "answer", "id", "point_of_no_return.signing"); }),
      ElementsAre(HasSubstr("Ada Adams did not answer point_of_no_return.signing")));
  EXPECT_THAT(after([](Lines& lines) { testing::drop(lines, "point_of_no_return"); }),
              ElementsAre(HasSubstr("it was announced 0 times, where it must be 2")));
  EXPECT_THAT(after([](Lines& lines) {
                move_second(lines, [](const TranscriptLine& line) { return line.event == "tbs"; });
              }),
              ElementsAre(HasSubstr("it was announced before what was to be signed, line ")));
  EXPECT_THAT(after([](Lines& lines) {
                move_second(lines, [](const TranscriptLine& line) { return line.event == "ceremony.end"; });
              }),
              ElementsAre(HasSubstr("it was announced after line ")));
}

// Nobody is rid of the second word by claiming an older format.
TEST_F(TwoWords, AnOlderFormatHasOtherSteps) {
  EXPECT_THAT(after([](Lines& lines) { testing::make_of_format(lines, 2); }),
              ElementsAre(HasSubstr("this ceremony asks nobody point_of_no_return.signing"),
                          HasSubstr("field total: this kind has 15 steps"),
                          HasSubstr("it was announced 2 times, where it must be 1")));
}

TEST_F(CareTest, LintsThatAreMissingOrOfAnotherObjectAreSeen) {
  EXPECT_THAT(after([](Lines& lines) { testing::drop(lines, "lint"); }),
              ElementsAre(HasSubstr("lints by the ceremony: transcript.jsonl: 0 lints are recorded")));
  EXPECT_THAT(after([](Lines& lines) { testing::first(lines, "lint").data["what"] = "CRL"; }),
              ElementsAre(HasSubstr("the lint CRL must come first")));
  EXPECT_THAT(after([](Lines& lines) {
                const FieldValue other = testing::first(lines, "lint").data["sha256"];
                for (TranscriptLine& line : lines)
                  if (line.event == "lint") line.data["sha256"] = other;
              }),
              ElementsAre(HasSubstr("is not the SHA-256 of the CRL")));
}

// Whoever takes the version out gains nothing: all that then cannot be checked is named.
TEST_F(CareTest, WithoutAVersionChecksAreNotMadeAndSaidSo) {
  const std::vector<std::string> wanted{"people",  "preflight",          "steps",
                                        "custody", "point of no return", "lints by the ceremony"};
  EXPECT_THAT(after([](Lines&) {}), IsEmpty());
  for (const std::string& name : wanted) EXPECT_THAT(left_out_, Not(Contains(name)));
  EXPECT_THAT(after([](Lines& lines) { make_old(lines); }), IsEmpty());
  EXPECT_THAT(left_out_, IsSupersetOf(wanted));
  EXPECT_THAT(after([](Lines& lines) { lines.front().data.erase("version"); }),
              ElementsAre(HasSubstr("field version: it is missing")));
}

TEST_F(CareTest, AnswersOfAFileAreNotPeoples) {
  EXPECT_THAT(after([](Lines& lines) { prepare_answers(lines); }), IsEmpty());
  EXPECT_THAT(left_out_, Contains("answers by people"));
  EXPECT_THAT(after([](Lines& lines) { lines.front().data["answers"] = "people"; }), IsEmpty());
  EXPECT_THAT(left_out_, Not(Contains("answers by people")));
  EXPECT_THAT(after([](Lines& lines) {
                prepare_answers(lines);
                lines.front().data["rehearsal"] = true;
              }),
              ElementsAre(HasSubstr("in earnest: ")));
  EXPECT_THAT(left_out_, Not(Contains("answers by people")));
}

// Older programs wrote them down whole.
TEST_F(CareTest, WrongAnswersThatOlderVersionsPublishedAreRead) {
  EXPECT_THAT(after([](Lines& lines) {
                publish_wrong_answer(lines);
                testing::make_of_format(lines, 1);
              }),
              IsEmpty());
  EXPECT_THAT(after([](Lines& lines) {
                publish_wrong_answer(lines);
                make_old(lines);
              }),
              IsEmpty());
}

TEST_F(CareTest, AWrongAnswerIsNotPublished) {
  EXPECT_THAT(after([](Lines& lines) { publish_wrong_answer(lines); }),
              ElementsAre(HasSubstr("field answer: a wrong answer to clock.first must not be published")));
}

TEST_F(CareTest, TranscriptsOfBeforeAreRead) {
  EXPECT_THAT(after([](Lines& lines) {
                make_old(lines);
                testing::drop(lines, "point_of_no_return");
                testing::drop(lines, "lint");
              }),
              IsEmpty());
}

}  // namespace
}  // namespace chancery::ceremony
