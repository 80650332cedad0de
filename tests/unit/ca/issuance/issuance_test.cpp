#include <gtest/gtest.h>

#include <type_traits>

#include "ca/issuance/prepare.h"
#include "ca/issuance/sign.h"
#include "tests/support/x509_builder.h"

namespace chancery::issuance {
namespace {

using test::must;

// Signs something else than it was given, or with nothing at all.
class FaultySigner final : public keys::Signer {
 public:
  explicit FaultySigner(crypto::PrivateKey key) : key_(std::move(key)) {}
  [[nodiscard]] const crypto::PublicKey& public_key() const override { return key_.public_key(); }
  [[nodiscard]] Result<Bytes> sign(crypto::SignatureAlgorithm algorithm, ByteView message) const override {
    if (broken) return make_error(ErrorCode::unavailable, "the token was pulled out");
    Bytes other = to_bytes(message);
    if (alters) other.back() = static_cast<std::uint8_t>(other.back() ^ 1U);
    return key_.sign(algorithm, other);
  }
  bool alters = false, broken = false;

 private:
  crypto::PrivateKey key_;
};

class IssuanceTest : public testing::Test {
 protected:
  IssuanceTest() : signer_(must(crypto::PrivateKey::generate({}))), issuer_(make_issuer()) {}

  x509::Certificate make_issuer() {
    SystemRandom random;
    x509::Extensions extensions;
    extensions.basic_constraints = x509::BasicConstraints{.ca = true, .path_len = 0};
    extensions.key_usage = x509::KeyUsage{.key_cert_sign = true, .crl_sign = true};
    extensions.subject_key_identifier = to_bytes(signer_.public_key().key_identifier());
    const x509::Name name({{x509::AttributeType::common_name, "Issuing CA"}});
    const x509::CertificateFields fields{.serial = x509::SerialNumber::generate(random),
                                         .issuer = name.to_der(),
                                         .validity = x509::Validity::starting_at(now, Seconds(86400LL * 365)),
                                         .subject = name,
                                         .spki = to_bytes(signer_.public_key().spki()),
                                         .extensions = extensions};
    const Bytes tbs = x509::encode_tbs(fields);
    return must(x509::Certificate::parse(
        x509::assemble_certificate(tbs, fields.signature, must(signer_.sign(fields.signature, tbs)))));
  }

  x509::CertificateFields leaf() {
    SystemRandom random;
    x509::Extensions extensions;
    extensions.basic_constraints = x509::BasicConstraints{};
    extensions.key_usage = x509::KeyUsage{.digital_signature = true};
    extensions.extended_key_usage = {x509::KeyPurpose::server_auth};
    extensions.subject_key_identifier = to_bytes(key_.public_key().key_identifier());
    extensions.authority_key_identifier = issuer_.fields().extensions.subject_key_identifier;
    extensions.subject_alternative_names = {{x509::GeneralNameType::dns, "web.internal"}};
    return {.serial = x509::SerialNumber::generate(random),
            .issuer = issuer_.fields().subject,
            .validity = x509::Validity::starting_at(now, Seconds(86400LL * 90)),
            .subject = x509::Name({{x509::AttributeType::common_name, "web.internal"}}),
            .spki = to_bytes(key_.public_key().spki()),
            .extensions = extensions};
  }

  Result<SigningToken> prepare_leaf(x509::CertificateFields fields) {
    return prepare(std::move(fields), lint::Kind::leaf, &issuer_, key_.public_key(), now, Seconds(3600));
  }

  const TimePoint now = from_unix(1790000000);
  FaultySigner signer_;
  crypto::PrivateKey key_ = must(crypto::PrivateKey::generate({}));
  x509::Certificate issuer_;
};

TEST_F(IssuanceTest, WhatWasLintedIsWhatIsSigned) {
  SigningToken token = must(prepare_leaf(leaf()));
  const Bytes linted = to_bytes(token.tbs());
  const IssuedCertificate issued =
      must(check_signed(must(redeem(std::move(token), signer_)), signer_.public_key(), nullptr));
  EXPECT_TRUE(equal(issued.certificate().tbs(), linted));
}

TEST_F(IssuanceTest, TheRightToSignCannotBeCopied) {
  EXPECT_FALSE(std::is_copy_constructible_v<SigningToken>);
  EXPECT_FALSE(std::is_copy_assignable_v<SigningToken>);
  const auto redeem_any = [](auto&& token, const keys::Signer& signer) requires requires {
    redeem(std::forward<decltype(token)>(token), signer);
  }
  { return redeem(std::forward<decltype(token)>(token), signer); };
  EXPECT_TRUE((std::is_invocable_v<decltype(redeem_any), SigningToken, const keys::Signer&>));
  EXPECT_FALSE((std::is_invocable_v<decltype(redeem_any), SigningToken&, const keys::Signer&>));
  EXPECT_TRUE((std::is_invocable_v<decltype(redeem_any), CrlSigningToken, const keys::Signer&>));
  EXPECT_FALSE((std::is_invocable_v<decltype(redeem_any), CrlSigningToken&, const keys::Signer&>));
  EXPECT_FALSE(std::is_copy_constructible_v<CrlSigningToken>);
  EXPECT_FALSE(std::is_copy_constructible_v<SignedCrlToken>);
}

TEST_F(IssuanceTest, ABrokenRuleIsRefusedBeforeAnyKeyIsUsed) {
  x509::CertificateFields fields = leaf();
  fields.issuer = x509::Name({{x509::AttributeType::common_name, "Somebody else"}}).to_der();
  const auto token = prepare_leaf(std::move(fields));
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, ErrorCode::validation);
  ASSERT_FALSE(token.error().details.empty());
  EXPECT_FALSE(token.error().details.front().rule.empty());
  EXPECT_FALSE(token.error().details.front().location.empty()) << "the citation";
}

TEST_F(IssuanceTest, ASignatureOverOtherBytesIsWithheld) {
  SigningToken token = must(prepare_leaf(leaf()));
  signer_.alters = true;
  const auto issued = check_signed(must(redeem(std::move(token), signer_)), signer_.public_key(), nullptr);
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().code, ErrorCode::internal);
}

TEST_F(IssuanceTest, AnotherKeysSignatureIsWithheld) {
  SigningToken token = must(prepare_leaf(leaf()));
  const FaultySigner other(must(crypto::PrivateKey::generate({})));
  EXPECT_FALSE(check_signed(must(redeem(std::move(token), other)), signer_.public_key(), nullptr));
}

TEST_F(IssuanceTest, ASignerThatFailsSaysSo) {
  signer_.broken = true;
  const auto token = redeem(must(prepare_leaf(leaf())), signer_);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, ErrorCode::unavailable);
}

TEST_F(IssuanceTest, TheSecondImplementationReadsIt) {
  const auto second = lint::CrossCheck::for_issuer(issuer_);
  ASSERT_TRUE(second) << second.error().message;
  const auto issued =
      check_signed(must(redeem(must(prepare_leaf(leaf())), signer_)), signer_.public_key(), &*second);
  EXPECT_TRUE(issued) << issued.error().message << issued.error().internal;
}

TEST_F(IssuanceTest, AnIssuerNeedsItsOwnKeyAndTheRightToSign) {
  EXPECT_FALSE(Issuer::create(issuer_, keys::make_memory_signer(must(crypto::PrivateKey::generate({}))), {}));
  const IssuedCertificate issued =
      must(check_signed(must(redeem(must(prepare_leaf(leaf())), signer_)), signer_.public_key(), nullptr));
  const auto not_a_ca = Issuer::create(issued.certificate(), keys::make_memory_signer(std::move(key_)), {});
  ASSERT_FALSE(not_a_ca);
  EXPECT_NE(not_a_ca.error().message.find("may not sign certificates"), std::string::npos);
}

}  // namespace
}  // namespace chancery::issuance
