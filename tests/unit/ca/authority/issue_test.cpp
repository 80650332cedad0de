#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "ca/audit/verify.h"
#include "ca/x509/chain.h"
#include "tests/unit/ca/authority/fixture.h"

namespace chancery::authority {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(AuthorityTest, IssuesInSevenStepsAndRecordsWhatItSigned) {
  const Result<RecordedCertificate> issued = issue(request_for(csr_for({"dns:web.svc.internal"})));
  ASSERT_TRUE(issued) << issued.error().message << issued.error().internal;
  EXPECT_THAT(observer.steps, ElementsAre(Step::policy, Step::prepare, Step::intent, Step::sign, Step::check,
                                          Step::record, Step::answer));
  const auto row = store->find_certificate(issued->record().serial);
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->certificate.der, issued->record().der);
  EXPECT_EQ((*row)->status.status, store::Status::valid);
  EXPECT_THAT(audit_types(), ElementsAre("issuance.intent", "certificate.issued"));
  EXPECT_EQ(audit_entries()[0].event.subject, issued->record().serial);
}

TEST_F(AuthorityTest, TheCertificateSaysWhatTheProfileDecided) {
  const auto issued = issue(request_for(csr_for({"dns:web.svc.internal", "dns:api.svc.internal"})));
  ASSERT_TRUE(issued) << issued.error().message;
  const auto certificate = x509::Certificate::parse(issued->record().der);
  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->validity().not_before(), clock.now() - Seconds(3600));
  EXPECT_EQ(certificate->validity().not_after() - certificate->validity().not_before(), Seconds(7'775'999));
  EXPECT_EQ(issued->record().renew_after, certificate->validity().not_before() + Seconds(60 * 86400));
  EXPECT_EQ(certificate->fields().extensions.subject_alternative_names,
            names({"dns:web.svc.internal", "dns:api.svc.internal"}));
  EXPECT_TRUE(x509::verify_issued_by(*certificate, authority->issuer()->certificate()));
  EXPECT_EQ(certificate->serial().bytes().size(), 17U);
}

TEST_F(AuthorityTest, ADenialNamesRulePlaceAndValueAndWritesNothing) {
  const auto issued = issue(request_for(csr_for({"dns:web.svc.internal", "dns:evil.example"})));
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().code, ErrorCode::forbidden);
  ASSERT_FALSE(issued.error().details.empty());
  bool named = false;
  for (const ErrorDetail& detail : issued.error().details) {
    named |=
        detail.value.find("evil.example") != std::string::npos && detail.location.find("service.yaml:") == 0;
  }
  EXPECT_TRUE(named);
  EXPECT_THAT(audit_types(), IsEmpty());
  EXPECT_THAT(observer.steps, IsEmpty());
}

TEST_F(AuthorityTest, AnUnknownProfileIsNotFound) {
  IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
  request.profile = ProfileName("nonsense");
  const auto issued = issue(request);
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().code, ErrorCode::not_found);
}

TEST_F(AuthorityTest, AnIssuerThatExpiresTooSoonRefuses) {
  clock.advance(Seconds(86400LL * 330));
  const auto issued = issue(request_for(csr_for({"dns:web.svc.internal"})));
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().code, ErrorCode::unavailable);
  EXPECT_NE(issued.error().message.find("new intermediate"), std::string::npos);
}

TEST_F(AuthorityTest, AnotherIdentitysKeyIsRefused) {
  const x509::CertificateRequest csr = csr_for({"dns:web.svc.internal"});
  ASSERT_TRUE(issue(request_for(csr)));
  IssueRequest other = request_for(csr);
  other.requester.identity = Identity("web-02");
  const auto issued = issue(other);
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().code, ErrorCode::conflict);
}

TEST_F(AuthorityTest, TheSameIdempotencyKeyAndRequestGetTheSameCertificate) {
  IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
  request.idempotency_key = "retry-1";
  const auto first = issue(request);
  const auto second = issue(request);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(first->replayed());
  EXPECT_TRUE(second->replayed());
  EXPECT_EQ(first->record().der, second->record().der);
  EXPECT_EQ(audit_types().size(), 2U);

  IssueRequest different = request_for(csr_for({"dns:web.svc.internal"}));
  different.idempotency_key = "retry-1";
  const auto refused = issue(different);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

TEST_F(AuthorityTest, ARetryWhileTheFirstIsStillOpenIsToldToComeBackAndKeepsItsToken) {
  const auto enrollment = enroll();
  ASSERT_TRUE(enrollment);
  IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
  request.idempotency_key = "slow";
  request.token_hash = enrollment->record.hash;
  bool asked_again = false;
  observer.hooks[Step::sign] = [&] {
    if (std::exchange(asked_again, true)) return;
    const auto retry = issue(request);
    ASSERT_FALSE(retry);
    EXPECT_EQ(retry.error().code, ErrorCode::unavailable) << retry.error().message;
    IssueRequest other = request_for(csr_for({"dns:web.svc.internal"}));
    other.token_hash = enrollment->record.hash;
    EXPECT_EQ(issue(other).error().code, ErrorCode::conflict);
  };
  const auto first = issue(request);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(asked_again);
  const auto retry = issue(request);
  ASSERT_TRUE(retry);
  EXPECT_EQ(retry->record().serial, first->record().serial);
}

TEST_F(AuthorityTest, IdentitiesAreCheckedWhoeverAsks) {
  IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
  request.requester.identity = Identity("web\n01");
  EXPECT_EQ(issue(request).error().code, ErrorCode::validation);
}

TEST_F(AuthorityTest, IdempotencyKeysHaveALimit) {
  IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
  request.idempotency_key = std::string(128, 'k');
  EXPECT_TRUE(issue(request));
  request.idempotency_key = std::string(129, 'k');
  const auto refused = issue(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::validation);
}

TEST_F(AuthorityTest, OfFiftyClientsWithOneTokenExactlyOneWins) {
  const auto enrollment = enroll();
  ASSERT_TRUE(enrollment) << enrollment.error().message;
  struct NoSteps final : StepObserver {
    void finished(Step) override {}
  } no_steps;
  Authority shared({.profiles = authority->profiles(), .issuer = authority->issuer()}, *store, clock, random,
                   no_steps);
  std::atomic<int> won{0}, refused{0};
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 50; ++i) {
      clients.emplace_back([&] {
        IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
        request.token_hash = enrollment->record.hash;
        const auto issued = shared.issue(test::Voucher::request(request));
        if (issued) {
          ++won;
        } else if (issued.error().code == ErrorCode::conflict) {
          ++refused;
        }
      });
    }
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, 49);
  const auto token = store->find_token(enrollment->record.hash);
  ASSERT_TRUE(token && *token);
  EXPECT_EQ((*token)->used, 1);
  EXPECT_EQ((*token)->reserved, 0);
}

TEST_F(AuthorityTest, AFailureAfterTheIntentFreesTheTokenAndKeepsTheSerialKnown) {
  const auto enrollment = enroll();
  ASSERT_TRUE(enrollment);
  IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
  request.token_hash = enrollment->record.hash;
  // Somebody ends the intent behind our back: recording must fail, and nothing may be acknowledged.
  observer.hooks[Step::check] = [&] {
    const auto open = store->open_intents();
    ASSERT_TRUE(open);
    ASSERT_EQ(open->size(), 1U);
    ASSERT_TRUE(authority->recover());
  };
  const auto issued = issue(request);
  ASSERT_FALSE(issued);
  const std::string serial = audit_entries().back().event.subject;
  const auto status = store->find_status(serial);
  ASSERT_TRUE(status && *status);
  EXPECT_EQ((*status)->status, store::Status::unrecorded);

  observer.hooks.clear();
  EXPECT_TRUE(issue(request)) << "the token must be usable again";
}

TEST_F(AuthorityTest, RecoverEndsWhatACrashLeftAndItsSerialCanBeRevoked) {
  const store::Intent intent{.serial = "01aa",
                             .identity = Identity("web-01"),
                             .profile = ProfileName("service"),
                             .request_id = RequestId("r"),
                             .created_at = clock.now()};
  ASSERT_TRUE(
      store->begin_issuance(intent, {.at = clock.now(), .event_type = "issuance.intent", .fields = "{}"}));
  const auto recovered = authority->recover();
  ASSERT_TRUE(recovered);
  EXPECT_EQ(*recovered, 1);
  EXPECT_EQ(*authority->recover(), 0);
  EXPECT_TRUE(authority->revoke("01aa", 1, Identity("alice"), RequestId("r")));
  EXPECT_EQ((*store->find_status("01aa"))->status, store::Status::revoked);
}

TEST_F(AuthorityTest, ExplainDecidesAndChangesNothing) {
  const Explanation good = explain(request_for(csr_for({"dns:web.svc.internal"})));
  EXPECT_TRUE(good.decision.allowed);
  EXPECT_FALSE(good.error);
  const Explanation bad = explain(request_for(csr_for({"dns:evil.example"})));
  EXPECT_FALSE(bad.decision.allowed);
  EXPECT_FALSE(bad.decision.reasons.empty());
  EXPECT_THAT(audit_types(), IsEmpty());
}

TEST_F(AuthorityTest, TheAuditLogHolds) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(issue(request_for(csr_for({"dns:web.svc.internal"}))));
  const auto verified = audit::verify_log(*store, {}, {});
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->entries, 6);
  EXPECT_TRUE(verified->faults.empty());
}

}  // namespace
}  // namespace chancery::authority
