// Revocation lists take the same steps as certificates.
#include <gmock/gmock.h>

#include "ca/issuance/sign.h"
#include "tests/support/outcome.h"
#include "tests/support/x509_builder.h"

namespace chancery::issuance {
namespace {

using test::must;
using test::outcome_of;
using testing::HasSubstr;

class CrlIssuance : public testing::Test {
 protected:
  [[nodiscard]] x509::CrlFields fields(std::uint64_t number = 2) const {
    return must(crl_fields(
        root.certificate, x509::CrlNumber(number), now, Seconds(180LL * 86400),
        {{intermediate.serial(), now - Seconds(3600), x509::RevocationReason::key_compromise, {}}}));
  }
  [[nodiscard]] Result<CrlSigningToken> prepared(const x509::CrlFields& of) const {
    return prepare_crl(of, root.certificate, now, scope);
  }
  [[nodiscard]] Result<IssuedCrl> issued(const keys::Signer& signer, const lint::CrossCheck* second) const {
    return check_signed(must(redeem(must(prepared(fields())), signer)), root.key->public_key(), second);
  }

  const TimePoint now = test::test_time();
  test::CertifiedKey root = test::make_root();
  test::CertifiedKey intermediate = test::make_intermediate(root);
  lint::CrlScope scope{.previous =
                           lint::PreviousCrl{x509::CrlNumber(1), now - Seconds(86400), now + Seconds(86400)}};
};

TEST_F(CrlIssuance, WhatWasLintedIsWhatIsSigned) {
  CrlSigningToken token = must(prepared(fields()));
  EXPECT_EQ(token.number(), x509::CrlNumber(2));
  EXPECT_TRUE(token.warnings().empty());
  const Bytes linted = to_bytes(token.tbs());
  EXPECT_EQ(crypto::sha256(linted), token.tbs_hash());
  const lint::CrossCheck second = must(lint::CrossCheck::for_issuer(root.certificate));
  const IssuedCrl crl =
      must(check_signed(must(redeem(std::move(token), *root.signer())), root.key->public_key(), &second));
  EXPECT_TRUE(equal(crl.crl().tbs(), linted));
  EXPECT_EQ(outcome_of(x509::verify_crl_issued_by(crl.crl(), root.certificate)), "ok");
  EXPECT_NE(x509::find_revoked(crl.crl().fields(), intermediate.serial()), nullptr);
}

TEST_F(CrlIssuance, ABrokenRuleIsRefusedBeforeAnyKeyIsUsed) {
  const auto again = prepared(fields(1));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::validation);
  ASSERT_EQ(again.error().details.size(), 1U);
  EXPECT_EQ(again.error().details[0].rule, "crl.number");
  EXPECT_EQ(again.error().details[0].location, "RFC 5280 section 5.2.3");
}

TEST_F(CrlIssuance, WhatTheParserRefusesIsNotSigned) {
  x509::CrlFields twice = fields();
  twice.revoked.push_back(twice.revoked.front());
  EXPECT_THAT(outcome_of(prepared(twice)), HasSubstr("a serial number appears twice"));
}

TEST_F(CrlIssuance, ALateListIsSignedAndTheTokenSaysSo) {
  scope.previous->next_update = now - Seconds(1);
  const CrlSigningToken token = must(prepared(fields()));
  ASSERT_EQ(token.warnings().list().size(), 1U);
  EXPECT_EQ(token.warnings().list()[0].id, "crl.overlap");
}

TEST_F(CrlIssuance, AnotherKeysSignatureIsWithheld) {
  EXPECT_TRUE(issued(*root.signer(), nullptr));
  const Result<IssuedCrl> wrong = issued(*intermediate.signer(), nullptr);
  ASSERT_FALSE(wrong);
  EXPECT_THAT(outcome_of(wrong), HasSubstr("internal: the signed CRL failed its checks"));
  EXPECT_THAT(wrong.error().internal, HasSubstr("does not verify"));
}

TEST_F(CrlIssuance, TheSecondImplementationIsAsked) {
  const lint::CrossCheck other = must(lint::CrossCheck::for_issuer(intermediate.certificate));
  const Result<IssuedCrl> disputed = issued(*root.signer(), &other);
  ASSERT_FALSE(disputed);
  EXPECT_THAT(disputed.error().internal, HasSubstr("second implementation"));
}

// Cross-certificates take prepare()'s last parameter.
TEST_F(CrlIssuance, ACrossCertificateIsJudgedByItsTarget) {
  const test::CertifiedKey target = test::make_root(now, "Elsewhere Root");
  x509::CertificateFields cross = test::leaf_fields(root, target.key->public_key());
  cross.exact_subject = target.certificate.fields().subject;
  cross.validity = x509::Validity::starting_at(now, Seconds(1000LL * 86400));
  cross.extensions = intermediate.certificate.fields().extensions;
  cross.extensions.basic_constraints->path_len = 1;
  cross.extensions.subject_key_identifier = target.certificate.fields().extensions.subject_key_identifier;
  const auto attempt = [&](const x509::Certificate* towards) {
    return prepare(cross, lint::Kind::cross, &root.certificate, target.key->public_key(), now, Seconds(0),
                   {.target = towards});
  };
  EXPECT_EQ(outcome_of(attempt(&target.certificate)), "ok");
  EXPECT_FALSE(attempt(nullptr));
  EXPECT_FALSE(attempt(&intermediate.certificate));
}

}  // namespace
}  // namespace chancery::issuance
