// What lints only warn of is told before the word is given, confirmed, and replayed.
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
using ::testing::Not;

class WarningTest : public testing::RechainTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    people.answers["secret.issuer_key"] = testing::root_passphrase;
    const Result<Outcome> first = hold(testing::crl_script(1, "  first: true\n"), "crl-1");
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_THAT(people.asked, Not(Contains("lint.warnings")));
  }
  Result<Outcome> hold_after(int days, const std::string& entry) {
    clock.advance(Seconds(days * 86400));
    people.asked.clear();
    people.shown.clear();
    return hold(
        testing::with(
            testing::crl_script(2, "  previous: crl-1/bundle/root.crl.pem\n  revoke:\n    - " + entry + "\n"),
            "root/bundle", "crl-1/bundle"),
        "crl-2");
  }
  // The first list has ended, and the revocation is months old.
  Result<Outcome> hold_late() {
    return hold_after(200, R"({serial: "40aacc0102030405", reason: superseded, at: 2026-04-01T13:00:00Z})");
  }
  // What replay says of the warnings in the same transcript of an older format.
  Check of_format(std::int64_t format, bool told) {
    testing::rechain(out("crl-2/bundle"), out("root/custody/root.key.pem"), [&](Lines& lines) {
      testing::make_of_format(lines, format);
      if (told) return;
      testing::drop(lines, "lint.warning");
      testing::drop_of(lines, "answer", "id", "lint.warnings");
    });
    const Replay seen = replay({out("crl-2/bundle"), {}, {}}).value();
    EXPECT_TRUE(seen.passed());
    return *std::find_if(seen.checks.begin(), seen.checks.end(),
                         [](const Check& check) { return check.name == "warnings of the lints"; });
  }
  std::vector<std::string> after(const std::function<void(Lines&)>& edit) {
    return failures(changed("crl-2", edit));
  }
};

std::string id_of(const TranscriptLine& line) {
  return line.event == "answer" ? std::get<std::string>(line.data.at("id")) : "";
}

Lines::iterator confirmation(Lines& lines) {
  return std::find_if(lines.begin(), lines.end(),
                      [](const TranscriptLine& line) { return id_of(line) == "lint.warnings"; });
}

TEST_F(WarningTest, AreToldAndConfirmedBeforeThePointOfNoReturn) {
  const Result<Outcome> held = hold_late();
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(people.shown,
              AllOf(HasSubstr("WARNING crl.overlap: there was no valid list from "),
                    HasSubstr("WARNING crl.prompt_reissue: serial number 40aacc0102030405 was revoked at ")));
  EXPECT_LT(people.shown.find("WARNING crl.prompt_reissue"), people.shown.find("POINT OF NO RETURN"));
  const auto place = [this](const std::string& id) {
    return std::find(people.asked.begin(), people.asked.end(), id);
  };
  EXPECT_LT(place("lint.warnings"), place("point_of_no_return"));
  const std::string transcript = read(bundle("crl-2", "transcript.jsonl"));
  EXPECT_THAT(transcript, AllOf(HasSubstr(R"("event":"lint.warning")"), HasSubstr(R"("rule":"crl.overlap")"),
                                HasSubstr("the CRL is signed in spite of 2 warnings"),
                                HasSubstr("2 warnings confirmed")));
  EXPECT_THAT(failures(out("crl-2/bundle")), IsEmpty());
  EXPECT_THAT(after([](Lines&) {}), IsEmpty());
}

TEST_F(WarningTest, WithoutConfirmationNothingIsSigned) {
  people.answers["lint.warnings"] = "no";
  const Result<Outcome> held = hold_late();
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().message, HasSubstr("lint.warnings"));
  EXPECT_THAT(people.asked, Not(Contains("point_of_no_return")));
  EXPECT_FALSE(std::filesystem::exists(out("crl-2")));
  EXPECT_FALSE(std::filesystem::exists(out("crl-2.unfinished/bundle/root.crl.pem")));
}

TEST_F(WarningTest, ReplayMissesWhatWasNotTold) {
  ASSERT_TRUE(hold_late());
  EXPECT_THAT(after([](Lines& lines) { testing::drop(lines, "lint.warning"); }),
              ElementsAre(HasSubstr("this ceremony asks nobody lint.warnings"),
                          HasSubstr("nobody was told of the warning crl.overlap")));
  EXPECT_THAT(
      after([](Lines& lines) { testing::first(lines, "lint.warning").data["message"] = "all is well"; }),
      ElementsAre(HasSubstr("field message: it says \"all is well\", the lints \"there was no ")));
  EXPECT_THAT(after([](Lines& lines) {
                const auto at = std::find_if(lines.begin(), lines.end(), [](const TranscriptLine& line) {
                  return line.event == "lint.warning";
                });
                lines.insert(at + 2, *(at + 1));
              }),
              ElementsAre(HasSubstr("the lints do not warn of this")));
}

TEST_F(WarningTest, ReplayMissesTheConfirmation) {
  ASSERT_TRUE(hold_late());
  EXPECT_THAT(after([](Lines& lines) { lines.erase(confirmation(lines)); }),
              ElementsAre(HasSubstr("Bob Brown did not answer lint.warnings")));
  EXPECT_THAT(after([](Lines& lines) {
                const TranscriptLine late = *confirmation(lines);
                lines.erase(confirmation(lines));
                lines.insert(lines.end() - 1, late);
              }),
              ElementsAre(HasSubstr("field id: it was answered after line ")));
  EXPECT_THAT(after([](Lines& lines) {
                TranscriptLine early = *confirmation(lines);
                lines.erase(confirmation(lines));
                early.at = lines[0].at;
                lines.insert(lines.begin() + 1, early);
              }),
              ElementsAre(HasSubstr("field id: it was answered before the warning of line ")));
}

TEST_F(WarningTest, OlderTranscriptsDoNotTell) {
  ASSERT_TRUE(hold_late());
  EXPECT_FALSE(of_format(1, false).checked);
}

// Revoked before the last list was made, which lacks it; and two slips more.
constexpr const char* forgotten = R"({serial: "40ff", reason: superseded, at: 2026-01-15T13:00:00Z})";

TEST_F(WarningTest, AForgottenRevocationAShortSerialAndALateListAreToldToo) {
  const Result<Outcome> held = hold_after(170, forgotten);
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(people.shown, AllOf(HasSubstr("WARNING crl.prompt_reissue: serial number 40ff was revoked at "),
                                  HasSubstr("WARNING crl.reissue_margin: the last list ends at "),
                                  HasSubstr("WARNING crl.serial_length: serial number 40ff has 2 octets")));
  EXPECT_THAT(failures(out("crl-2/bundle")), IsEmpty());
  EXPECT_THAT(
      after([](Lines& lines) { testing::drop_of(lines, "lint.warning", "rule", "crl.prompt_reissue"); }),
      ElementsAre(HasSubstr("the lints \"crl.prompt_reissue\"")));
}

TEST_F(WarningTest, ProgramsOfFormat2DidNotWarnOfThese) {
  ASSERT_TRUE(hold_after(170, forgotten));
  EXPECT_EQ(of_format(2, false).message, "none");
}

TEST_F(WarningTest, ProgramsOfFormat2WarnedOfWhatWasRevokedSinceTheLastList) {
  ASSERT_TRUE(hold_late());
  EXPECT_EQ(of_format(2, true).message, "2, told and confirmed before the signature");
}

}  // namespace
}  // namespace chancery::ceremony
