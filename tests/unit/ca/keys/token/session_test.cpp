#include "ca/keys/token/session.h"

#include <gmock/gmock.h>

#include <atomic>
#include <optional>
#include <thread>

#include "ca/base/file.h"
#include "ca/keys/token/ecdsa_signature.h"
#include "tests/support/outcome.h"
#include "tests/support/softhsm.h"

namespace chancery::keys {
namespace {

using crypto::KeyAlgorithm;
using crypto::KeyType;
using crypto::SignatureAlgorithm;
using test::outcome_of;
using test::SoftHsm;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr KeyType p256{KeyAlgorithm::ec_p256, 256}, p384{KeyAlgorithm::ec_p384, 384},
    p521{KeyAlgorithm::ec_p521, 521};

SecretBytes secret(std::string_view text) {
  return SecretBytes::copy_of(as_bytes(text));
}

class TokenSessionTest : public testing::Test {
 protected:
  TokenSessionTest() {
    softhsm_.add_token("Root");
    softhsm_.add_token("Spare");
  }
  void open() {
    module_.emplace(*TokenModule::load(SoftHsm::module));
    session_.emplace(*TokenSession::open(*module_, *module_->find("Root"), secret(SoftHsm::pin)));
  }
  std::unique_ptr<Signer> generate(const std::string& label, KeyType type = p256) {
    return *session_->generate_key(type, label, random_);
  }

  SoftHsm softhsm_;
  SystemRandom random_;
  std::optional<TokenModule> module_;
  std::optional<TokenSession> session_;
};

TEST_F(TokenSessionTest, MakesKeysWhoseSignaturesAreRight) {
  open();
  for (const auto& [type, algorithm] : {std::pair{p256, SignatureAlgorithm::ecdsa_sha256},
                                        {p384, SignatureAlgorithm::ecdsa_sha384},
                                        {p521, SignatureAlgorithm::ecdsa_sha512}}) {
    const auto signer =
        session_->generate_key(type, "key " + std::string(to_string(type.algorithm)), random_);
    ASSERT_TRUE(signer) << signer.error().message;
    EXPECT_EQ((*signer)->public_key().type(), type);
    for (int round = 0; round < 20; ++round) {  // short r and s come up one time in 128
      const std::string message = "message " + std::to_string(round);
      const auto signature = (*signer)->sign(algorithm, as_bytes(message));
      ASSERT_TRUE(signature) << signature.error().message;
      EXPECT_TRUE((*signer)->public_key().verify(algorithm, as_bytes(message), *signature));
    }
  }
}

TEST_F(TokenSessionTest, ADigestLongerThanTheCurveIsCut) {
  open();
  const auto signer = generate("root");
  for (const auto algorithm : {SignatureAlgorithm::ecdsa_sha384, SignatureAlgorithm::ecdsa_sha512}) {
    const auto signature = signer->sign(algorithm, as_bytes("message"));
    ASSERT_TRUE(signature) << signature.error().message;
    EXPECT_TRUE(signer->public_key().verify(algorithm, as_bytes("message"), *signature));
  }
  EXPECT_THAT(outcome_of(signer->sign(SignatureAlgorithm::rsa_sha256, as_bytes("message"))),
              StartsWith("validation: "));
  EXPECT_THAT(outcome_of(signer->sign(SignatureAlgorithm::ed25519, as_bytes("message"))),
              StartsWith("validation: "));
}

TEST_F(TokenSessionTest, OpensslCommandLineVerifiesWhatTheTokenSigned) {
  open();
  const auto signer = generate("root", p384);
  const std::string folder = softhsm_.folder().string();
  ASSERT_TRUE(write_new_file(folder + "/message", as_bytes("message"), 0600));
  ASSERT_TRUE(
      write_new_file(folder + "/key.pem", as_bytes(to_pem("PUBLIC KEY", signer->public_key().spki())), 0600));
  ASSERT_TRUE(write_new_file(folder + "/signature",
                             *signer->sign(SignatureAlgorithm::ecdsa_sha384, as_bytes("message")), 0600));
  const std::string verify =
      "cd '" + folder + "' && openssl dgst -sha384 -verify key.pem -signature signature ";
  EXPECT_EQ(std::system((verify + "message >verified 2>&1").c_str()), 0)
      << *read_file(folder + "/verified", 4096);
  EXPECT_NE(std::system((verify + "key.pem >verified 2>&1").c_str()), 0);
}

TEST_F(TokenSessionTest, FindsItsKeyAgainInAnotherSession) {
  open();
  const Bytes spki = to_bytes(generate("root")->public_key().spki());
  session_.reset();
  module_.reset();
  open();
  const auto found = session_->find_key("root");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(to_hex((*found)->public_key().spki()), to_hex(spki));
}

TEST_F(TokenSessionTest, TheKeyNeverLeavesTheToken) {
  open();
  generate("root");
  const auto attributes = session_->attributes("root");
  ASSERT_TRUE(attributes) << attributes.error().message;
  EXPECT_EQ(*attributes, (TokenSession::KeyAttributes{true, true, false, true, true}));
}

TEST_F(TokenSessionTest, AKeyThatWasMadeOutsideIsRefused) {
  const std::string file = (softhsm_.folder() / "outside.pem").string();
  ASSERT_EQ(
      std::system(("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out " + file).c_str()),
      0);
  softhsm_.import_key("Root", file, "outside");
  open();
  EXPECT_THAT(outcome_of(session_->find_key("outside")),
              AllOf(StartsWith("forbidden: key \"outside\""), HasSubstr("CKA_"), HasSubstr("is false")));
  EXPECT_FALSE(session_->attributes("outside")->local);
  EXPECT_TRUE(session_->destroy_key("outside"));
}

TEST_F(TokenSessionTest, AWrongPinIsSaidAndNotTriedAgain) {
  const TokenModule module = *TokenModule::load(SoftHsm::module);
  const TokenInfo token = *module.find("Root");
  EXPECT_THAT(outcome_of(TokenSession::open(module, token, secret("wrong pin"))),
              StartsWith("unauthorized: the token cannot be opened: the PIN is wrong"));
  EXPECT_TRUE(TokenSession::open(module, token, secret(SoftHsm::pin)));
}

TEST_F(TokenSessionTest, LimitsOfThePin) {
  const TokenModule module = *TokenModule::load(SoftHsm::module);
  const TokenInfo token = *module.find("Root");
  EXPECT_THAT(outcome_of(TokenSession::open(module, token, {})), HasSubstr("1 to 255 octets"));
  EXPECT_THAT(outcome_of(TokenSession::open(module, token, secret(std::string(256, '1')))),
              HasSubstr("validation: "));
  EXPECT_THAT(outcome_of(TokenSession::open(module, token, secret(std::string(255, '1')))),
              StartsWith("unauthorized: "));
}

TEST_F(TokenSessionTest, ATokenThatIsNotInitialisedHasNoPin) {
  const TokenModule module = *TokenModule::load(SoftHsm::module);
  const std::vector<TokenInfo> tokens = *module.tokens();
  const auto blank =
      std::find_if(tokens.begin(), tokens.end(), [](const TokenInfo& token) { return !token.initialized; });
  ASSERT_NE(blank, tokens.end());
  EXPECT_THAT(outcome_of(TokenSession::open(module, *blank, secret("1234"))),
              AllOf(StartsWith("conflict: "), HasSubstr("no user PIN yet")));
}

TEST_F(TokenSessionTest, AnotherTokenInTheSlotIsNoticed) {
  const TokenModule module = *TokenModule::load(SoftHsm::module);
  TokenInfo token = *module.find("Root");
  token.slot = module.find("Spare")->slot;
  EXPECT_THAT(outcome_of(TokenSession::open(module, token, secret(SoftHsm::pin))),
              AllOf(StartsWith("conflict: another token is in the slot"), HasSubstr("\"Spare\"")));
}

TEST_F(TokenSessionTest, ASecondLoginIsRefusedBecauseThePinWouldNotBeChecked) {
  open();
  EXPECT_THAT(outcome_of(TokenSession::open(*module_, *module_->find("Root"), secret("wrong pin"))),
              AllOf(StartsWith("conflict: "), HasSubstr("was not checked")));
  EXPECT_TRUE(TokenSession::open(*module_, *module_->find("Spare"), secret(SoftHsm::pin)));
  EXPECT_TRUE(session_->key_labels());  // and the first is still good
}

TEST_F(TokenSessionTest, ASignerOutlivesSessionAndModule) {
  open();
  const auto signer = generate("root");
  session_.reset();
  module_.reset();
  EXPECT_TRUE(signer->sign(SignatureAlgorithm::ecdsa_sha256, as_bytes("message")));
}

TEST_F(TokenSessionTest, LabelsAreUniqueAndNamedWhenOneIsMissing) {
  open();
  generate("root");
  generate("another");
  EXPECT_THAT(outcome_of(session_->generate_key(p256, "root", random_)),
              AllOf(StartsWith("conflict: "), HasSubstr("\"root\" already")));
  EXPECT_THAT(*session_->key_labels(), ElementsAre("another", "root"));
  EXPECT_EQ(outcome_of(session_->find_key("roof")),
            "not_found: the token holds no key labelled \"roof\"; there are: \"another\", \"root\"");
  EXPECT_THAT(outcome_of(session_->attributes("roof")), StartsWith("not_found: "));
}

TEST_F(TokenSessionTest, LimitsOfTheLabelAndTheKind) {
  open();
  EXPECT_TRUE(session_->generate_key(p256, std::string(64, 'k'), random_));
  for (const std::string& bad :
       {std::string(65, 'k'), std::string(), std::string("a\nb"), std::string("\xc3\xa9")}) {
    EXPECT_THAT(outcome_of(session_->generate_key(p256, bad, random_)), HasSubstr("1 to 64 printable ASCII"));
  }
  EXPECT_THAT(outcome_of(session_->generate_key({KeyAlgorithm::rsa, 2048}, "rsa", random_)),
              HasSubstr("P-256, P-384 or P-521; RSA was asked for"));
  EXPECT_THAT(outcome_of(session_->generate_key({KeyAlgorithm::ed25519, 256}, "ed", random_)),
              StartsWith("validation: "));
}

TEST_F(TokenSessionTest, AnUnfinishedKeyGetsItsNameAtTheEnd) {
  open();
  const auto signer = generate("root.unfinished");
  generate("taken");
  EXPECT_THAT(outcome_of(session_->rename_key("root.unfinished", "taken")), StartsWith("conflict: "));
  EXPECT_THAT(outcome_of(session_->rename_key("absent", "root")), StartsWith("not_found: "));
  EXPECT_THAT(outcome_of(session_->rename_key("taken", "")), StartsWith("validation: "));
  ASSERT_EQ(outcome_of(session_->rename_key("root.unfinished", "root")), "ok");
  EXPECT_THAT(*session_->key_labels(), ElementsAre("root", "taken"));
  EXPECT_TRUE(session_->find_key("root"));
  EXPECT_TRUE(signer->sign(SignatureAlgorithm::ecdsa_sha256, as_bytes("message")));
  EXPECT_TRUE(session_->generate_key(p256, "root.unfinished", random_));  // both halves left the old label
}

TEST_F(TokenSessionTest, ADestroyedKeyIsGoneAndItsSignerFails) {
  open();
  const auto signer = generate("root");
  generate("spare");
  ASSERT_EQ(outcome_of(session_->destroy_key("root")), "ok");
  EXPECT_THAT(outcome_of(session_->destroy_key("root")), StartsWith("not_found: "));
  EXPECT_THAT(*session_->key_labels(), ElementsAre("spare"));
  EXPECT_THAT(outcome_of(signer->sign(SignatureAlgorithm::ecdsa_sha256, as_bytes("message"))),
              AllOf(StartsWith("unavailable: "), HasSubstr("not there any more")));
  EXPECT_TRUE(session_->generate_key(p256, "root", random_));  // the public half is gone too
}

TEST_F(TokenSessionTest, AVanishedTokenIsAnErrorThatSaysWhatToDo) {
  open();
  const auto signer = generate("root");
  softhsm_.remove_tokens();
  EXPECT_THAT(outcome_of(session_->find_key("root")), testing::Not("ok"));
  EXPECT_THAT(outcome_of(signer->sign(SignatureAlgorithm::ecdsa_sha256, as_bytes("message"))),
              AllOf(StartsWith("unavailable: "), HasSubstr("put the token back in")));
}

TEST_F(TokenSessionTest, ManyThreadsSignThroughOneSession) {
  open();
  const auto signer = generate("root");
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 25; ++round) {
        const std::string message = std::to_string(i * 100 + round);
        const auto signature = signer->sign(SignatureAlgorithm::ecdsa_sha256, as_bytes(message));
        if (signature &&
            signer->public_key().verify(SignatureAlgorithm::ecdsa_sha256, as_bytes(message), *signature)) {
          ++right;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 100);
}

TEST(EcdsaSigValue, IsMinimalDer) {
  const auto hex = [](const char* raw) {
    const auto der = ecdsa_sig_value(*parse_hex(raw));
    return der ? to_hex(*der) : "none";
  };
  EXPECT_EQ(hex("0102"), "3006020101020102");
  EXPECT_EQ(hex("0001007f"), "300602010102017f");
  EXPECT_EQ(hex("80ff"),
            "3008020200800202"
            "00ff");
  EXPECT_EQ(hex("00017fff"),
            "3007020101020"
            "27fff");
  EXPECT_EQ(hex("0000"
                "0001"),
            "none");  // r = 0
  EXPECT_EQ(hex("0001"
                "0000"),
            "none");  // s = 0
  EXPECT_EQ(hex(""), "none");
  EXPECT_EQ(hex("010203"), "none");
}

TEST(EcdsaSigValue, OfP521HasALongLength) {
  EXPECT_THAT(to_hex(*ecdsa_sig_value(Bytes(132, 0x01))), StartsWith("3081880242"));
  EXPECT_EQ(ecdsa_sig_value(Bytes(134, 0x01)), std::nullopt);
}

}  // namespace
}  // namespace chancery::keys
