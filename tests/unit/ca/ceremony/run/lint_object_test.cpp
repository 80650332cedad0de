// The whole object under a throw-away key, and what is said of a finished one that its second lint refuses.
#include "ca/ceremony/run/lint_object.h"

#include "ca/ceremony/run/steps.h"
#include "ca/x509/chain.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;

Findings nothing_found() {
  return {};
}
Findings something_found() {
  Findings findings;
  findings.add({Severity::error, "test.rule", "RFC 0", "it is not as it must be", {}});
  return findings;
}

class LintObject : public testing::CeremonyTest {
 protected:
  void SetUp() override {
    root = hold_root().value().certificate;
    below = hold_intermediate().value().certificate;
  }
  std::optional<x509::Certificate> root, below;
};

TEST_F(LintObject, IsTheSameTbsUnderAKeyThatNobodyHas) {
  const x509::Certificate* none = nullptr;
  for (const auto& [made, issuer] : {std::pair{*root, none}, {*below, &*root}}) {
    const Result<x509::Certificate> whole =
        lint_certificate(made.tbs(), issuer, [](const x509::ParsedTbs&) { return nothing_found(); });
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_TRUE(equal(whole->tbs(), made.tbs()));
    EXPECT_FALSE(x509::verify_issued_by(*whole, *root));
  }
}

TEST_F(LintObject, LintsReadTheWholeCertificateAndRefuseIt) {
  bool read = false;
  const Result<x509::Certificate> refused =
      lint_certificate(below->tbs(), &*root, [&](const x509::ParsedTbs& tbs) {
        read = equal(tbs.spki, below->fields().spki);
        return something_found();
      });
  ASSERT_FALSE(refused);
  EXPECT_TRUE(read);
  EXPECT_EQ(refused.error().code, ErrorCode::validation);
  EXPECT_EQ(refused.error().details.at(0).rule, "test.rule");
}

TEST_F(LintObject, BytesThatNoParserTakesAreRefused) {
  Bytes longer = to_bytes(below->tbs());
  longer.push_back(0);
  const Result<x509::Certificate> refused =
      lint_certificate(longer, &*root, [](const x509::ParsedTbs&) { return nothing_found(); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::internal);
  EXPECT_THAT(refused.error().message, HasSubstr("nothing was signed with the real key"));
}

// Botan verifies with the issuer that the TBS names, and with its algorithm.
TEST_F(LintObject, ATbsOfAnotherIssuerIsRefused) {
  EXPECT_FALSE(
      lint_certificate(root->tbs(), &*below, [](const x509::ParsedTbs&) { return nothing_found(); }));
}

TEST_F(LintObject, ListsAreJudgedAsCertificatesAre) {
  const x509::CrlFields fields =
      issuance::crl_fields(*root, x509::CrlNumber(7), clock.now(), Seconds(86400), {}).value();
  const Bytes tbs = x509::encode_tbs_cert_list(fields);
  const Result<x509::Crl> whole =
      lint_crl(tbs, *root, [](const x509::ParsedCrl&) { return nothing_found(); });
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_FALSE(x509::verify_crl_issued_by(*whole, *root));
  const Result<x509::Crl> refused =
      lint_crl(tbs, *root, [](const x509::ParsedCrl&) { return something_found(); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().details.size(), 1U);
  EXPECT_FALSE(lint_crl(ByteView(tbs).first(tbs.size() - 1), *root,
                        [](const x509::ParsedCrl&) { return nothing_found(); }));
}

TEST_F(LintObject, AFinishedObjectThatIsRefusedIsWithheld) {
  const Error error = withheld("CRL", something_found());
  EXPECT_EQ(error.code, ErrorCode::internal);
  EXPECT_THAT(error.message, HasSubstr("the finished CRL breaks the rules"));
  EXPECT_EQ(error.details.at(0).message, "it is not as it must be");
}

}  // namespace
}  // namespace chancery::ceremony
