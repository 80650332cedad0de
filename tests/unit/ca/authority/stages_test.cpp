// Each stage is made by the one before it alone, and the right to sign is spent when it is used.
#include <gtest/gtest.h>

#include <type_traits>

#include "ca/issuance/prepare.h"
#include "tests/unit/ca/authority/fixture.h"

namespace chancery::authority {
namespace {

static_assert(!std::is_default_constructible_v<Authentication>);
static_assert(!std::is_constructible_v<Authentication, Identity, policy::Role>);
static_assert(!std::is_constructible_v<Authentication, store::CertificateRow, policy::Role>);
static_assert(!std::is_constructible_v<Authentication, store::Token>);

static_assert(!std::is_default_constructible_v<AuthenticatedRequest>);
static_assert(!std::is_constructible_v<AuthenticatedRequest, IssueRequest>);
static_assert(!std::is_convertible_v<IssueRequest, AuthenticatedRequest>);

static_assert(!std::is_default_constructible_v<ApprovedRequest>);
static_assert(!std::is_constructible_v<ApprovedRequest, const IssueRequest&,
                                       std::shared_ptr<const policy::Profile>, policy::Decision>);

static_assert(!std::is_default_constructible_v<issuance::SigningToken>);
static_assert(!std::is_copy_constructible_v<issuance::SigningToken>);
static_assert(!std::is_copy_constructible_v<issuance::SignedToken>);
// redeem() takes the token itself: what is kept of it signs nothing more.
static_assert(
    !std::is_invocable_v<Result<issuance::SignedToken> (*)(issuance::SigningToken&&, const keys::Signer&),
                         issuance::SigningToken&, const keys::Signer&>);

static_assert(!std::is_default_constructible_v<issuance::IssuedCertificate>);
static_assert(!std::is_constructible_v<issuance::IssuedCertificate, x509::Certificate>);

static_assert(!std::is_default_constructible_v<RecordedCertificate>);
static_assert(!std::is_constructible_v<RecordedCertificate, store::CertificateRecord, bool>);

// Whoever is authenticated may ask for no more than the credential says.
class StagesTest : public AuthorityTest {
 protected:
  Asked ask() { return {csr_for({"dns:web.svc.internal"}), "", RequestId("r")}; }
  store::CertificateRow recorded() {
    const auto issued = issue(request_for(csr_for({"dns:web.svc.internal"})));
    EXPECT_TRUE(issued);
    return **store->find_certificate(issued->record().serial);
  }
};

TEST_F(StagesTest, OnlyAnOperatorAsksForAnother) {
  const auto service = test::Voucher::certificate(recorded());
  const auto refused = service.for_other(Identity("db-01"), ProfileName("service"), ask());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);

  const auto operators = test::Voucher::certificate(recorded(), policy::Role::operator_);
  const auto request = operators.for_other(Identity("db-01"), ProfileName("service"), ask());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->details().requester.identity, Identity("db-01"));
  EXPECT_EQ(request->details().actor, Identity("web-01"));
  EXPECT_FALSE(request->details().renews);
}

TEST_F(StagesTest, ACertificatesOwnRequestIsARenewalBoundToItsNames) {
  const store::CertificateRow row = recorded();
  const auto request = test::Voucher::certificate(row).for_own(ask());
  ASSERT_TRUE(request);
  ASSERT_TRUE(request->details().renews);
  EXPECT_EQ(request->details().renews->serial, row.certificate.serial);
  EXPECT_EQ(request->details().authorised_by, row.certificate.serial);
  EXPECT_EQ(request->details().requester.bound_names, names({"dns:web.svc.internal"}));
  EXPECT_EQ(request->details().requester.role, policy::Role::none);
}

TEST_F(StagesTest, AnOperatorsRenewalHasNoOperatorsRights) {
  const auto operators = test::Voucher::certificate(recorded(), policy::Role::operator_);
  const auto request = operators.for_renewal(ask(), clock.now());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->details().requester.role, policy::Role::none);
}

}  // namespace
}  // namespace chancery::authority
