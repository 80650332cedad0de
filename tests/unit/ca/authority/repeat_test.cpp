// The same request again gets the same certificate, and nobody gets anything new by repeating.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/support/x509_builder.h"
#include "tests/unit/ca/authority/fixture.h"

namespace chancery::authority {
namespace {

class RepeatTest : public AuthorityTest {
 protected:
  x509::CertificateRequest csr = csr_for({"dns:web.svc.internal"});
  Result<RecordedCertificate> ask() { return issue(request_for(csr)); }
};

TEST_F(RepeatTest, TheSameCsrIdentityAndProfileGetTheSameCertificateWithinTheWindow) {
  const auto first = ask();
  ASSERT_TRUE(first);
  clock.advance(Seconds(600));
  const auto again = ask();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->replayed());
  EXPECT_EQ(again->record().serial, first->record().serial);
  clock.advance(Seconds(1));
  const auto later = ask();
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_FALSE(later->replayed());
  EXPECT_EQ(later->record().supersedes, first->record().serial);
}

TEST_F(RepeatTest, ASpentTokenGetsTheSameAndNothingNew) {
  const auto enrollment = test::must(enroll());
  IssueRequest request = request_for(csr);
  request.token_hash = enrollment.record.hash;
  const auto first = issue(request);
  ASSERT_TRUE(first);
  const auto again = issue(request);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->record().serial, first->record().serial);
  IssueRequest other = request_for(csr_for({"dns:web.svc.internal"}));
  other.token_hash = enrollment.record.hash;
  EXPECT_EQ(issue(other).error().code, ErrorCode::conflict);
  IssueRequest somebody = request;
  somebody.requester.identity = Identity("web-02");
  EXPECT_FALSE(issue(somebody)) << "another identity's request is another request";
  clock.advance(Seconds(601));
  EXPECT_EQ(issue(request).error().code, ErrorCode::conflict);
}

TEST_F(RepeatTest, ANarrowerCredentialDoesNotGetWhatAWiderOneWasGiven) {
  for (const auto& asked : {std::vector<std::string>(), {"dns:web.svc.internal", "dns:api.svc.internal"}}) {
    IssueRequest wide = request_for(csr_for(asked));
    wide.requester.bound_names = names({"dns:web.svc.internal", "dns:api.svc.internal"});
    IssueRequest narrow = wide;
    narrow.requester.bound_names = names({"dns:web.svc.internal"});
    const auto first = issue(wide);
    ASSERT_TRUE(first) << first.error().message;
    const auto second = issue(narrow);
    if (asked.empty()) {
      ASSERT_TRUE(second) << second.error().message;
      EXPECT_FALSE(second->replayed());
      EXPECT_THAT(second->record().names, testing::ElementsAre("dns:web.svc.internal"));
    } else {
      ASSERT_FALSE(second);
      EXPECT_EQ(second.error().code, ErrorCode::forbidden);
    }
    wide.requester.bound_names = names({"dns:api.svc.internal", "dns:web.svc.internal"});
    EXPECT_TRUE(issue(wide)->replayed()) << "the order is no difference";
  }
}

TEST_F(RepeatTest, ANarrowerCredentialDoesNotGetItByItsIdempotencyKeyEither) {
  IssueRequest wide = request_for(csr_for({}));
  wide.requester.bound_names = names({"dns:web.svc.internal", "dns:api.svc.internal"});
  wide.idempotency_key = "key";
  ASSERT_TRUE(issue(wide));
  IssueRequest narrow = wide;
  narrow.requester.bound_names = names({"dns:web.svc.internal"});
  const auto refused = issue(narrow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

TEST_F(RepeatTest, ARevokedCertificateIsNotGivenAgain) {
  const auto first = ask();
  ASSERT_TRUE(first);
  ASSERT_TRUE(authority->revoke(first->record().serial, 4, Identity("alice"), RequestId("r")));
  const auto again = ask();
  ASSERT_TRUE(again);
  EXPECT_NE(again->record().serial, first->record().serial);
  EXPECT_EQ(again->record().supersedes, "");

  IssueRequest keyed = request_for(csr_for({"dns:web.svc.internal"}));
  keyed.idempotency_key = "key";
  const auto by_key = issue(keyed);
  ASSERT_TRUE(by_key);
  ASSERT_TRUE(authority->revoke(by_key->record().serial, 4, Identity("alice"), RequestId("r")));
  const auto refused = issue(keyed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("revoked since"));
}

TEST_F(RepeatTest, ACrashBetweenRecordAndAnswerCostsNothing) {
  const auto enrollment = test::must(enroll());
  IssueRequest request = request_for(csr);
  request.token_hash = enrollment.record.hash;
  observer.hooks[Step::record] = [] { throw std::runtime_error("killed"); };
  EXPECT_THROW((void)issue(request), std::runtime_error);
  observer.hooks.clear();
  EXPECT_EQ(*authority->recover(), 0);
  const auto again = issue(request);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->replayed());
  EXPECT_EQ(test::must(store->list_certificates({}, "", 10)).rows.size(), 1U);
}

TEST_F(RepeatTest, ACrashAfterSigningKeepsTheSerialAndTheTokenBuysOneCertificate) {
  const auto enrollment = test::must(enroll());
  IssueRequest request = request_for(csr);
  request.token_hash = enrollment.record.hash;
  observer.hooks[Step::sign] = [] { throw std::runtime_error("killed"); };
  EXPECT_THROW((void)issue(request), std::runtime_error);
  observer.hooks.clear();
  EXPECT_EQ(issue(request).error().code, ErrorCode::unavailable) << "it is open until it is recovered";
  EXPECT_EQ(*authority->recover(), 1);
  ASSERT_TRUE(issue(request));
  EXPECT_EQ(test::must(store->list_certificates({}, "", 10)).rows.size(), 1U);
}

TEST_F(RepeatTest, ARetryWhileTheFirstIsOpenIsToldToAskAgain) {
  bool asked = false;
  observer.hooks[Step::sign] = [&] {
    if (std::exchange(asked, true)) return;
    EXPECT_EQ(ask().error().code, ErrorCode::unavailable);
  };
  EXPECT_TRUE(ask());
  EXPECT_TRUE(asked);
}

TEST_F(RepeatTest, ARenewalIsNoRepeatOfTheEnrolment) {
  const auto first = ask();
  ASSERT_TRUE(first);
  const auto row = **store->find_certificate(first->record().serial);
  const Asked asked{csr_for({}), "", RequestId("r")};
  const auto renewal = test::Voucher::certificate(row);
  const auto second = authority->renew(renewal, asked);
  ASSERT_TRUE(second);
  const auto again = authority->renew(renewal, asked);
  ASSERT_TRUE(again);
  EXPECT_EQ(std::get<RecordedCertificate>(*again).record().serial,
            std::get<RecordedCertificate>(*second).record().serial);
  EXPECT_EQ(std::get<RecordedCertificate>(*second).record().supersedes, "");
}

TEST_F(RepeatTest, ANewEnrolmentJoinsTheLineageItSupersedes) {
  const auto first = ask();
  ASSERT_TRUE(first);
  const auto second = issue(request_for(csr_for({"dns:web.svc.internal"})));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->record().supersedes, first->record().serial);
  EXPECT_EQ(second->record().lineage, first->record().serial);
  EXPECT_EQ(second->record().renewed_from, "");
  const auto other = issue(request_for(csr_for({"dns:api.svc.internal"})));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->record().supersedes, "");
  EXPECT_EQ(other->record().lineage, other->record().serial);
}

TEST_F(RepeatTest, ALineageIsRevokedWithAnEntryForEach) {
  const auto first = ask();
  ASSERT_TRUE(first);
  const auto row = **store->find_certificate(first->record().serial);
  const auto second = authority->renew(test::Voucher::certificate(row), {csr_for({}), "", RequestId("r")});
  ASSERT_TRUE(second);
  const std::string child = std::get<RecordedCertificate>(*second).record().serial;
  const auto alone = authority->revoke(first->record().serial, 1, Identity("alice"), RequestId("r"));
  ASSERT_TRUE(alone);
  EXPECT_THAT(alone->descendants, testing::ElementsAre(child));
  const auto all = authority->revoke_lineage(first->record().serial, 1, Identity("alice"), RequestId("r"));
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_THAT(all->serials, testing::ElementsAre(child));
  EXPECT_EQ(audit_entries().back().event.subject, child);
  EXPECT_EQ(audit_entries().back().event.event_type, "certificate.revoked");
  EXPECT_EQ(authority->revoke_lineage(child, 6, Identity("alice"), RequestId("r")).error().code,
            ErrorCode::validation);
}

}  // namespace
}  // namespace chancery::authority
