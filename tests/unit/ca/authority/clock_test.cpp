// The clock jumps: an hour back, ninety days ahead, and home again.
#include <gmock/gmock.h>

#include <array>

#include "ca/audit/verify.h"
#include "tests/unit/ca/authority/fixture.h"

namespace chancery::authority {
namespace {

constexpr Seconds hour{3600}, quarter{90LL * 86400};

class ClockTest : public AuthorityTest {
 protected:
  store::CertificateRecord issue_one() {
    const auto issued = issue(request_for(csr_for({"dns:web.svc.internal"})));
    EXPECT_TRUE(issued) << issued.error().message;
    return issued->record();
  }
  Result<RecordedCertificate> spend(const store::Token& token) {
    IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
    request.token_hash = token.hash;
    return issue(std::move(request));
  }
  std::vector<std::string> listed(const store::CertificateFilter& filter = {}) {
    std::vector<std::string> serials;
    const auto page = store->list_certificates(filter, "", 100);
    for (const store::CertificateRow& row : page->rows) serials.push_back(row.certificate.serial);
    return serials;
  }
  std::int64_t expiring(Seconds within) { return store->count_expiring(clock.now(), {within})->at(0); }
};

TEST_F(ClockTest, NoCertificateLeavesItsIssuersValidityWhereverTheClockIs) {
  const x509::Validity& issuer = authority->issuer()->certificate().validity();
  const TimePoint home = clock.now();
  int issued_ones = 0, refused = 0;
  for (const TimePoint now :
       {home - hour, home + quarter, issuer.not_before(), issuer.not_before() - Seconds(1),
        issuer.not_after(), issuer.not_after() + Seconds(1), issuer.not_after() - quarter,
        home - Seconds(400LL * 86400), home}) {
    clock.set(now);
    const auto issued = issue(request_for(csr_for({"dns:web.svc.internal"})));
    if (!issued) {
      ++refused;
      EXPECT_FALSE(issued.error().message.empty());
      continue;
    }
    ++issued_ones;
    EXPECT_GE(issued->record().not_before, issuer.not_before()) << to_rfc3339(now);
    EXPECT_LE(issued->record().not_after, issuer.not_after()) << to_rfc3339(now);
    EXPECT_LT(issued->record().not_before, issued->record().not_after) << to_rfc3339(now);
    EXPECT_GE(issued->record().renew_after, issued->record().not_before) << to_rfc3339(now);
  }
  EXPECT_GE(issued_ones, 3);
  EXPECT_GE(refused, 3);
  EXPECT_TRUE(audit::verify_log(*store, {}, {})->faults.empty());
}

TEST_F(ClockTest, ListsKeepTheOrderInWhichThingsHappened) {
  std::vector<std::string> serials;
  for (const Seconds jump : {Seconds(0), -hour, quarter, -quarter, hour}) {
    clock.advance(jump);
    serials.insert(serials.begin(), issue_one().serial);
  }
  EXPECT_EQ(listed(), serials);
  std::vector<std::int64_t> sequences;
  for (const store::AuditEntry& entry : audit_entries()) sequences.push_back(entry.sequence);
  for (std::size_t i = 0; i < sequences.size(); ++i)
    EXPECT_EQ(sequences[i], static_cast<std::int64_t>(i) + 1);
  EXPECT_TRUE(audit::verify_log(*store, {}, {})->faults.empty());
}

TEST_F(ClockTest, WhatExpiresIsCountedByTheClockAsItIs) {
  issue_one();
  EXPECT_EQ(expiring(quarter), 1);
  clock.advance(-hour);
  EXPECT_EQ(expiring(quarter), 1) << "notBefore was backdated by more than the jump";
  clock.advance(quarter + hour);
  EXPECT_EQ(expiring(quarter), 0) << "it has expired";
  issue_one();
  EXPECT_EQ(expiring(quarter), 1);
  clock.advance(-quarter);
  EXPECT_EQ(expiring(quarter), 1) << "the other one runs for almost 180 days more";
  EXPECT_EQ(expiring(2 * quarter), 2);
  EXPECT_EQ(expiring(Seconds(0)), 0);
}

TEST_F(ClockTest, ASpentTokenDoesNotReviveAndAnExpiredOneStaysRefused) {
  const store::Token spent = enroll(1, hour)->record, unspent = enroll(1, hour)->record;
  ASSERT_TRUE(spend(spent));
  for (const Seconds jump : {-hour, quarter, -quarter + hour}) {
    clock.advance(jump);
    const auto again = spend(spent);
    ASSERT_FALSE(again);
    EXPECT_TRUE(again.error().code == ErrorCode::conflict || again.error().code == ErrorCode::unauthorized)
        << again.error().message;
  }
  clock.advance(hour);  // exactly when it ends
  const auto late = spend(unspent);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::unauthorized);
  EXPECT_EQ(store->find_token(spent.hash)->value().used, 1);
  EXPECT_EQ(store->find_token(unspent.hash)->value().used, 0);
}

TEST_F(ClockTest, ARenewalAfterAJumpIsJudgedByTheClockAndStaysInItsLineage) {
  const store::CertificateRecord first = issue_one();
  const auto renew = [&](const std::string& serial) -> Result<RecordedCertificate> {
    Result<Answered> answered =
        authority->renew(test::Voucher::certificate(store->find_certificate(serial)->value()),
                         {csr_for({}), "", RequestId("r")});
    if (!answered) return std::move(answered).error();
    return std::get<RecordedCertificate>(std::move(*answered));
  };
  clock.advance(-hour);
  const auto early = renew(first.serial);
  ASSERT_TRUE(early) << early.error().message;
  EXPECT_EQ(early->record().lineage, first.serial);
  clock.advance(quarter + hour);
  const auto late = renew(early->record().serial);
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().message, testing::HasSubstr("enrol again"));
}

}  // namespace
}  // namespace chancery::authority
