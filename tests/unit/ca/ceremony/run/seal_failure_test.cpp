// The transcript cannot be signed: what was made is void, no new key is left, and the next attempt makes
// another.
#include "ca/ceremony/replay/replay.h"
#include "ca/ceremony/transcript/transcript.h"
#include "ca/keys/token/session.h"
#include "tests/support/softhsm.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using test::SoftHsm;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using testing::with;

const std::string in_file = "file: root.key.pem\n  reason: only a test";
const std::string shares_script = with(testing::root_script, in_file, "shares: {threshold: 2, officers: 2}");
const std::string token_script =
    with(testing::root_script, in_file,
         "token: {module: " + std::string(SoftHsm::module) + ", label: Root, key: r1}");

class SealFailure : public testing::CeremonyTest {
 protected:
  SealFailure() {
    for (const std::string number : {"1", "2"}) {
      for (const std::string question : {"secret.new_key.", "secret.new_key.restore."})
        people.answers[question + number] = "correct horse share " + number;
    }
  }
  // After the last question something lies where the signature is to be written.
  void block_signature_of(const std::string& name) {
    people.heard = [this, name](const std::string& id) {
      if (id == "words.certificate")
        std::filesystem::create_directory(left(name, "bundle/transcript.sig.void"));
    };
  }
  [[nodiscard]] std::string left(const std::string& name, const std::string& path) const {
    return out(name + ".unfinished/" + path);
  }
  void expect_void(const Result<Outcome>& held, const std::string& name, const std::string& why) const {
    ASSERT_FALSE(held);
    EXPECT_THAT(held.error().message,
                AllOf(StartsWith("Sign the transcript and hand over: "), HasSubstr(why)));
    EXPECT_FALSE(std::filesystem::exists(out(name)));
    EXPECT_TRUE(std::filesystem::is_empty(left(name, "custody")));
    EXPECT_FALSE(std::filesystem::exists(left(name, "bundle/transcript.sig")));
    const Transcript transcript = read_transcript(left(name, "bundle/transcript.jsonl"), {}).value();
    EXPECT_EQ(transcript.lines.back().event, "step.failed");
    const Result<Replay> seen = replay({left(name, "bundle"), {}, {}});
    EXPECT_TRUE(!seen || !seen->passed());
  }
  // The key that an attempt made, as its transcript has it.
  [[nodiscard]] static std::string key_in(const std::string& file) {
    const Transcript transcript = read_unfinished_transcript(file).value();
    for (const TranscriptLine& line : transcript.lines) {
      if (line.event == "key.made") return std::get<std::string>(line.data.at("spki_sha256"));
    }
    return "";
  }
  void expect_resumed_with_another_key(const std::string& script, const std::string& name) {
    people.heard = {};
    std::filesystem::remove_all(out(name + ".unfinished/bundle/transcript.sig.void"));  // what was in the way
    const Result<Outcome> held = hold(script, name, true);
    ASSERT_TRUE(held) << held.error().message;
    EXPECT_TRUE(replay({out(name + "/bundle"), {}, {}}).value().passed());
    EXPECT_NE(key_in(bundle(name, "transcript.jsonl")), key_in(bundle(name, "aborted-1.jsonl")));
  }
};

TEST_F(SealFailure, ARootInSharesIsVoid) {
  block_signature_of("root");
  const Result<Outcome> held = hold(shares_script, "root");
  expect_void(held, "root", "transcript.sig.void exists already");
  EXPECT_THAT(held.error().message, EndsWith("; the new key was destroyed"));
  expect_resumed_with_another_key(shares_script, "root");
  EXPECT_TRUE(std::filesystem::exists(out("root/custody/root.2.share")));
}

TEST_F(SealFailure, AnIntermediateIsVoid) {
  ASSERT_TRUE(hold_root());
  clock.advance(Seconds(60));
  block_signature_of("intermediate");
  const Result<Outcome> held = hold_intermediate();
  expect_void(held, "intermediate", "transcript.sig.void exists already");
  EXPECT_THAT(held.error().message, EndsWith("; the new key was destroyed"));
  expect_resumed_with_another_key(testing::intermediate_script, "intermediate");
}

class SealFailureInToken : public SealFailure {
 protected:
  SealFailureInToken() {
    softhsm_.add_token("Root");
    people.answers["secret.new_key"] = SoftHsm::pin;
  }
  static keys::TokenSession log_in() {
    const keys::TokenModule module = keys::TokenModule::load(SoftHsm::module).value();
    return keys::TokenSession::open(module, module.find("Root").value(),
                                    SecretBytes::copy_of(as_bytes(SoftHsm::pin)))
        .value();
  }
  SoftHsm softhsm_;
};

TEST_F(SealFailureInToken, ARootIsVoid) {
  block_signature_of("root");
  expect_void(hold(token_script, "root"), "root", "transcript.sig.void exists already");
  EXPECT_THAT(log_in().key_labels().value(), IsEmpty());
  expect_resumed_with_another_key(token_script, "root");
}

// What a token that was pulled out still holds can only be named.
TEST_F(SealFailureInToken, AKeyThatCannotBeDestroyedIsNamed) {
  people.heard = [this](const std::string& id) {
    if (id == "words.certificate") softhsm_.remove_tokens();
  };
  expect_void(hold(token_script, "root"), "root",
              "the key \"r1.unfinished\" in the token Root must be destroyed, which failed");
}

}  // namespace
}  // namespace chancery::ceremony
