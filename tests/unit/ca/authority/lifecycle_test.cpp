#include <gmock/gmock.h>

#include "tests/unit/ca/authority/fixture.h"

namespace chancery::authority {
namespace {

class LifecycleTest : public AuthorityTest {
 protected:
  store::CertificateRow issue_one() {
    const auto issued = issue(request_for(csr_for({"dns:web.svc.internal"})));
    EXPECT_TRUE(issued);
    return **store->find_certificate(issued->record().serial);
  }
  Result<RecordedCertificate> renew(const store::CertificateRow& current, x509::CertificateRequest csr,
                                    const std::string& key = "") {
    Result<Answered> answered =
        authority->renew(test::Voucher::certificate(current), {std::move(csr), key, RequestId("r")});
    if (!answered) return std::move(answered).error();
    return std::get<RecordedCertificate>(std::move(*answered));
  }
};

TEST_F(LifecycleTest, ARenewalKeepsIdentityNamesAndLineage) {
  const store::CertificateRow first = issue_one();
  clock.advance(Seconds(60 * 86400));
  const auto second = renew(first, csr_for({"dns:web.svc.internal"}));
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->record().renewed_from, first.certificate.serial);
  EXPECT_EQ(second->record().lineage, first.certificate.serial);
  EXPECT_EQ(second->record().identity, first.certificate.identity);
  EXPECT_EQ(second->record().names, first.certificate.names);

  const auto third = renew(**store->find_certificate(second->record().serial), csr_for({}));
  ASSERT_TRUE(third) << third.error().message;
  EXPECT_EQ(third->record().lineage, first.certificate.serial);
  EXPECT_EQ(third->record().names, first.certificate.names) << "a CSR without names asks for the same ones";
}

TEST_F(LifecycleTest, ARenewalNeedsAFreshKey) {
  const x509::CertificateRequest csr = csr_for({"dns:web.svc.internal"});
  const auto issued = issue(request_for(csr));
  ASSERT_TRUE(issued);
  const auto renewed = renew(**store->find_certificate(issued->record().serial), csr);
  ASSERT_FALSE(renewed);
  EXPECT_EQ(renewed.error().code, ErrorCode::conflict);
  EXPECT_NE(renewed.error().message.find("fresh key"), std::string::npos);
}

TEST_F(LifecycleTest, ACertificateRevokedWhileItsRenewalIsJudgedDoesNotRenew) {
  const store::CertificateRow current = issue_one();
  const std::string serial = current.certificate.serial;
  observer.hooks[Step::prepare] = [&] {
    EXPECT_TRUE(authority->revoke(serial, 4, Identity("alice"), RequestId("r")));
  };
  const auto renewed = renew(current, csr_for({}));
  ASSERT_FALSE(renewed);
  EXPECT_EQ(renewed.error().code, ErrorCode::forbidden);
  EXPECT_NE(renewed.error().message.find("enrol again"), std::string::npos);
}

TEST_F(LifecycleTest, AKeyRevokedForCompromiseIsNotCertifiedAgain) {
  const x509::CertificateRequest csr = csr_for({"dns:web.svc.internal"});
  const auto issued = issue(request_for(csr));
  ASSERT_TRUE(issued);
  ASSERT_TRUE(
      authority->revoke(issued->record().serial, store::key_compromise, Identity("alice"), RequestId("r")));
  const auto again = issue(request_for(csr));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::forbidden);
  EXPECT_NE(again.error().message.find("generate a new key"), std::string::npos);
  EXPECT_EQ(explain(request_for(csr)).error.value().code, ErrorCode::forbidden);
}

// The disk is full when the certificate is to be recorded, and still when its intent is to be ended.
TEST_F(LifecycleTest, AnIssuanceThatCouldNotEvenBeEndedFreesItsTokenWithTheNextRequest) {
  const auto enrollment = enroll(1);
  ASSERT_TRUE(enrollment);
  IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
  request.token_hash = enrollment->record.hash;
  observer.hooks[Step::check] = [&] {
    store->fault = make_error(ErrorCode::unavailable, "the disk is full");
  };
  ASSERT_FALSE(issue(request));
  EXPECT_EQ(store->open_intents()->size(), 1U);
  ASSERT_FALSE(issue(request)) << "still full";
  EXPECT_EQ(store->open_intents()->size(), 1U);

  store->fault.reset();
  observer.hooks.clear();
  const auto issued = issue(request);
  ASSERT_TRUE(issued) << issued.error().message;
  EXPECT_TRUE(store->open_intents()->empty());
  EXPECT_EQ((*store->find_token(enrollment->record.hash))->used, 1);
}

TEST_F(LifecycleTest, ARenewalCannotChangeNames) {
  for (const std::vector<std::string>& asked :
       {std::vector<std::string>{"dns:api.svc.internal"}, {"dns:web.svc.internal", "dns:api.svc.internal"}}) {
    const auto renewed = renew(issue_one(), csr_for(asked));
    ASSERT_FALSE(renewed);
    EXPECT_EQ(renewed.error().code, ErrorCode::forbidden);
  }
}

TEST_F(LifecycleTest, RevokedAndExpiredCertificatesDoNotRenew) {
  const store::CertificateRow revoked = issue_one();
  ASSERT_TRUE(authority->revoke(revoked.certificate.serial, 4, Identity("alice"), RequestId("r")));
  const auto after_revocation =
      renew(**store->find_certificate(revoked.certificate.serial), csr_for({"dns:web.svc.internal"}));
  ASSERT_FALSE(after_revocation);
  EXPECT_EQ(after_revocation.error().code, ErrorCode::forbidden);

  const store::CertificateRow expiring = issue_one();
  clock.set(expiring.certificate.not_after);
  EXPECT_TRUE(renew(expiring, csr_for({"dns:web.svc.internal"}))) << "the last second is inside";
  clock.advance(Seconds(1));
  const auto too_late = renew(expiring, csr_for({"dns:web.svc.internal"}));
  ASSERT_FALSE(too_late);
  EXPECT_EQ(too_late.error().code, ErrorCode::forbidden);
}

TEST_F(LifecycleTest, ARetriedRenewalGetsTheSameCertificate) {
  const store::CertificateRow first = issue_one();
  const x509::CertificateRequest csr = csr_for({"dns:web.svc.internal"});
  const auto one = renew(first, csr, "lost-answer");
  const auto two = renew(first, csr, "lost-answer");
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->record().serial, two->record().serial);
}

TEST_F(LifecycleTest, RevocationIsRecordedOnce) {
  const store::CertificateRow row = issue_one();
  ASSERT_TRUE(authority->revoke(row.certificate.serial, 1, Identity("alice"), RequestId("r")));
  const auto again = authority->revoke(row.certificate.serial, 1, Identity("alice"), RequestId("r"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  const auto status = store->find_status(row.certificate.serial);
  EXPECT_EQ((*status)->reason, 1);
  EXPECT_EQ((*status)->revoked_at, clock.now());
  EXPECT_EQ(authority->revoke("01ff", 1, Identity("alice"), RequestId("r")).error().code,
            ErrorCode::not_found);
}

TEST_F(LifecycleTest, ReasonsThatAreNotOfferedAreRefused) {
  const store::CertificateRow row = issue_one();
  for (const int reason : {-1, 6, 7, 8, 11}) {
    const auto revoked = authority->revoke(row.certificate.serial, reason, Identity("alice"), RequestId("r"));
    ASSERT_FALSE(revoked) << reason;
    EXPECT_EQ(revoked.error().code, ErrorCode::validation);
  }
}

TEST_F(LifecycleTest, ATokenIsShownOnceAndStoredHashed) {
  const auto enrollment = enroll();
  ASSERT_TRUE(enrollment);
  const std::string text(as_text(enrollment->token.reveal()));
  EXPECT_TRUE(text.starts_with("chet_"));
  EXPECT_EQ(text.size(), 5U + 43U);
  EXPECT_EQ(enrollment->record.hash, token_hash(text));
  for (const store::AuditEntry& entry : audit_entries()) {
    EXPECT_EQ(entry.event.fields.find(text), std::string::npos);
  }
}

TEST_F(LifecycleTest, TokensHaveLimits) {
  EXPECT_TRUE(enroll(1000));
  EXPECT_FALSE(enroll(1001));
  EXPECT_FALSE(enroll(0));
  EXPECT_TRUE(enroll(1, Seconds(60)));
  EXPECT_FALSE(enroll(1, Seconds(59)));
  EXPECT_TRUE(enroll(1, Seconds(7 * 86400)));
  EXPECT_FALSE(enroll(1, Seconds(7 * 86400 + 1)));
}

TEST_F(LifecycleTest, AnExpiredTokenIsRefusedAndATwoUseTokenWorksTwice) {
  const auto two = enroll(2, Seconds(60));
  ASSERT_TRUE(two);
  const auto use = [&] {
    IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
    request.token_hash = two->record.hash;
    return issue(request);
  };
  EXPECT_TRUE(use());
  clock.advance(Seconds(59));
  EXPECT_TRUE(use());
  const auto third = use();
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::conflict);

  const auto late = enroll(1, Seconds(60));
  clock.advance(Seconds(61));
  IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
  request.token_hash = late->record.hash;
  const auto refused = issue(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unauthorized);
}

TEST_F(LifecycleTest, IdentitiesHaveAnAlphabetAndALimit) {
  EnrollmentRequest request{.actor = Identity("alice"),
                            .identity = Identity(std::string(128, 'a')),
                            .profile = ProfileName("service"),
                            .names = names({"dns:web.svc.internal"}),
                            .request_id = RequestId("r")};
  EXPECT_TRUE(authority->enroll(request));
  for (const std::string& bad :
       {std::string(129, 'a'), std::string(), std::string("a b"), std::string("a\nb")}) {
    request.identity = Identity(bad);
    const auto refused = authority->enroll(request);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().code, ErrorCode::validation);
  }
}

TEST_F(LifecycleTest, NamesThatTheProfileRefusesGetNoToken) {
  const auto refused = authority->enroll({.actor = Identity("alice"),
                                          .identity = Identity("web-01"),
                                          .profile = ProfileName("service"),
                                          .names = names({"dns:web.svc.internal", "dns:evil.example"}),
                                          .uses = 1,
                                          .lifetime = Seconds(3600),
                                          .request_id = RequestId("test")});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  ASSERT_EQ(refused.error().details.size(), 1U);
  EXPECT_EQ(refused.error().details[0].rule, "dns.allowed");
  EXPECT_EQ(refused.error().details[0].location, "service.yaml:9:5");
  EXPECT_EQ(refused.error().details[0].value, "dns:evil.example");
  EXPECT_TRUE(audit_entries().empty());
}

}  // namespace
}  // namespace chancery::authority
