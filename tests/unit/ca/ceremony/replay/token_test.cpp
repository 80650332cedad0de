// Tokens in the transcript, and by which ways secrets came.
#include "ca/keys/token/module.h"
#include "tests/support/softhsm.h"
#include "tests/unit/ca/ceremony/replay/rechained.h"

namespace chancery::ceremony {
namespace {

using test::SoftHsm;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::failures;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Lines;

// An intermediate in a token, below a root in a file, with whose key tests sign again.
class TokenRecordTest : public testing::RechainTest {
 protected:
  TokenRecordTest() { softhsm_.add_token("Online"); }
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    people.answers["secret.new_key"] = SoftHsm::pin;
    people.answers["secret.issuer_key"] = testing::root_passphrase;
    const Result<Outcome> held = hold(script(), "intermediate");
    ASSERT_TRUE(held) << held.error().message;
  }
  static std::string script() {
    return testing::with(
        testing::intermediate_script, "custody:\n  file: intermediate.key.pem",
        "custody:\n  token: {module: " + std::string(SoftHsm::module) + ", label: Online, key: i1}");
  }
  std::vector<std::string> after(const std::function<void(Lines&)>& edit) {
    seen_ = replay({changed("intermediate", edit), {}, {}}).value();
    return testing::but_for_the_serial(testing::failures_of(*seen_));
  }
  [[nodiscard]] std::string message_of(const std::string& name) const {
    for (const Check& check : seen_->checks)
      if (check.name == name) return check.message;
    return "there is no check " + name;
  }

  SoftHsm softhsm_;
  std::optional<Replay> seen_;
};

TEST_F(TokenRecordTest, TheTokenItsModuleAndTheVerdictAreRecorded) {
  EXPECT_THAT(after([](Lines&) {}), IsEmpty());
  EXPECT_THAT(message_of("tokens"), AllOf(HasSubstr("Online in slot "), HasSubstr("SoftHSM"),
                                          HasSubstr(", serial number "), HasSubstr(", firmware ")));
  EXPECT_EQ(message_of("ways of the secrets"), "2 by terminal");
  const std::string hash = to_hex(crypto::sha256(as_bytes(read(SoftHsm::module))));
  EXPECT_THAT(read(bundle("intermediate", "transcript.jsonl")),
              AllOf(HasSubstr(R"("denied":false)"), HasSubstr(R"("module_sha256":")" + hash + "\""),
                    HasSubstr(std::string(SoftHsm::module) + ": sha256 " + hash)));
}

TEST_F(TokenRecordTest, TheSlotThatWasChosenIsTheTokens) {
  softhsm_.add_token("Online");
  std::string last;
  const Result<std::vector<keys::TokenInfo>> present =
      keys::TokenModule::load(SoftHsm::module).value().tokens();
  for (const keys::TokenInfo& token : present.value()) {
    if (token.initialized) last = std::to_string(token.slot);
  }
  people.answers["slot.new_key"] = last;
  const Result<Outcome> held = hold(testing::with(script(), "key: i1", "key: i2"), "chosen");
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(failures(out("chosen/bundle"), out("root/bundle")), IsEmpty());
  const auto chose_another = [](Lines& lines) {
    for (TranscriptLine& line : lines) {
      if (line.event == "answer" && testing::field(line, "id") == "slot.new_key") line.data["answer"] = "7";
    }
  };
  EXPECT_THAT(failures(changed("chosen", chose_another)),
              Contains(HasSubstr("this ceremony asks nobody slot.new_key")));
  // As where the issuer's key was opened in that very token before.
  const auto token_first = [](Lines& lines) {
    const auto named = [&](std::string_view event) {
      return std::find_if(lines.begin(), lines.end(), [&](const TranscriptLine& line) {
        return line.event == event && (event == "token" || testing::field(line, "id") == "slot.new_key");
      });
    };
    std::iter_swap(named("answer"), named("token"));
  };
  EXPECT_THAT(failures(changed("chosen", token_first)), ::testing::Not(Contains(HasSubstr("slot.new_key"))));
}

TEST_F(TokenRecordTest, AnotherTokenThanTheScriptsIsSeen) {
  EXPECT_THAT(after([](Lines& lines) { testing::first(lines, "token").data["label"] = "Other"; }),
              ElementsAre(HasSubstr("field label: the script names no such token")));
  EXPECT_THAT(after([](Lines& lines) { testing::drop(lines, "token"); }),
              ElementsAre(HasSubstr("tokens: transcript.jsonl: the token Online is not recorded")));
  EXPECT_THAT(after([](Lines& lines) {
                testing::first(lines, "token").data["denied"] = true;
                testing::first(lines, "token").data["reason"] = "it leaks";
              }),
              ElementsAre(HasSubstr("field denied: its firmware was refused, it leaks")));
}

TEST_F(TokenRecordTest, AnotherModuleThanThePreflightsIsSeen) {
  EXPECT_THAT(after([](Lines& lines) { testing::first(lines, "token").data["module_sha256"] = "00"; }),
              ElementsAre(AllOf(HasSubstr("tokens: transcript.jsonl, line "), HasSubstr("field seen"))));
}

TEST_F(TokenRecordTest, ATokenWithoutAPinIsSeen) {
  EXPECT_THAT(after([](Lines& lines) {
                std::erase_if(lines, [](const TranscriptLine& line) {
                  return line.event == "secret" &&
                         testing::field(line, "question") ==
                             "Crypto officer (Flo Ford or Gil Gray): PIN of the token Online";
                });
              }),
              ElementsAre(HasSubstr("nobody gave its PIN after this")));
}

TEST_F(TokenRecordTest, FirmwareThatIsDeniedSinceIsSaid) {
  EXPECT_THAT(after([](Lines& lines) {
                TranscriptLine& token = testing::first(lines, "token");
                token.data["manufacturer"] = "Yubico (www.yubico.com)";
                token.data["model"] = "YubiKey YK5";
                token.data["firmware"] = "5.43";
              }),
              IsEmpty());
  EXPECT_THAT(message_of("tokens"), AllOf(HasSubstr("; warning: "), HasSubstr("EUCLEAK")));
}

// The finding of its firmware as an older transcript has it: not at all.
void make_older(Lines& lines) {
  testing::first(lines, "ceremony.begin").data["format"] = std::int64_t{2};
  testing::drop_of(lines, "preflight", "check", std::string(token_firmware_check));
  for (TranscriptLine& line : lines) {
    if (line.event == "secret" && testing::field(line, "question").ends_with("PIN of the token Online"))
      line.data["question"] = std::string("PIN of the token Online");
  }
}

TEST_F(TokenRecordTest, FirmwareThatWasNotLookedAtIsSeen) {
  EXPECT_THAT(after([](Lines& lines) {
                testing::drop_of(lines, "preflight", "check", std::string(token_firmware_check));
              }),
              ElementsAre(HasSubstr("tokens: transcript.jsonl: the firmware of 0 tokens was looked at")));
  EXPECT_THAT(after([](Lines& lines) { testing::first(lines, "token").data["firmware"] = "0.0"; }),
              ElementsAre(AllOf(HasSubstr("tokens: "), HasSubstr("field passed: it does not agree"))));
  after(make_older);  // which has another table of steps, but no such finding
  EXPECT_THAT(message_of("tokens"), HasSubstr(", firmware "));
}

TEST_F(TokenRecordTest, FirmwareThatIsNotToldNeedsADeclaredException) {
  const std::string untold = testing::with(script(), SoftHsm::module, CHANCERY_UNTOLD_TOKEN);
  const Result<Outcome> refused = hold(testing::with(untold, "key: i1", "key: i2"), "refused");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("declare the exception token_firmware"));
  EXPECT_THAT(read(out("refused.unfinished/bundle/transcript.jsonl")),
              HasSubstr(R"("check":"token_firmware","passed":false)"));
  const std::string declared = testing::with(
      testing::with(untold, "key: i1", "key: i3"), "previous:",
      "preflight:\n  exceptions:\n    - {check: token_firmware, reason: the maker says 3.5}\nprevious:");
  const Result<Outcome> held = hold(declared, "declared");
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(failures(out("declared/bundle")), IsEmpty());
  EXPECT_THAT(failures(changed("declared",
                               [](Lines& lines) {
                                 testing::drop_of(lines, "preflight.exception", "check",
                                                  std::string(token_firmware_check));
                               })),
              Contains(HasSubstr("0 lines tell the exception for token_firmware, where one must")));
}

TEST_F(TokenRecordTest, EveryWayOfASecretIsKnownAndAgreesWithLineOne) {
  const auto by = [](const std::string& way) {
    return [way](Lines& lines) { testing::first(lines, "secret").data["by"] = way; };
  };
  EXPECT_THAT(after(by("descriptor")), IsEmpty());
  EXPECT_EQ(message_of("ways of the secrets"), "1 by descriptor, 1 by terminal");
  EXPECT_THAT(after(by("post")), ElementsAre(HasSubstr("\"post\" is no way of giving a secret")));
  EXPECT_THAT(after([](Lines& lines) { testing::first(lines, "secret").data.erase("by"); }),
              ElementsAre(HasSubstr("\"\" is no way of giving a secret")));
  for (const std::string prepared : {"file", "answers"})
    EXPECT_THAT(after(by(prepared)),
                ElementsAre(HasSubstr("where line 1 says that answers came from people")));
}

TEST_F(TokenRecordTest, ARehearsalWithoutTheTokenRecordsNone) {
  rehearsal = true;
  people.answers.erase("secret.issuer_key");
  const Result<Outcome> held =  // on a machine without the module
      hold(testing::with(script(), SoftHsm::module, "/usr/lib/no-such-module.so"), "played");
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(failures(out("played/bundle")), ElementsAre(HasSubstr("in earnest: ")));
  EXPECT_THAT(read(out("played/bundle/REHEARSAL-transcript.jsonl")), HasSubstr("none: no token is used"));
}

}  // namespace
}  // namespace chancery::ceremony
