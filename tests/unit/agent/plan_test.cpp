#include "agent/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace chancery::agent {
namespace {

using ::testing::HasSubstr;

const TimePoint t0 = *parse_rfc3339("2026-01-01T00:00:00Z");
constexpr Seconds day{86400};
constexpr Seconds interval{60};

VersionFacts version(const std::string& serial = "01aa", TimePoint from = t0) {
  return {serial, x509::Validity::starting_at(from, 90 * day), from + 60 * day, 0};
}

CertificateInventory installed() {
  CertificateInventory inventory;
  inventory.name = "web";
  inventory.installed = version();
  return inventory;
}

Action plan_for(const CertificateInventory& inventory, TimePoint now) {
  return plan({inventory}, now, interval).front();
}

TEST(Plan, FreshWaitsUntilItsRenewal) {
  const Action action = plan_for(installed(), t0 + day);
  EXPECT_EQ(action.kind, ActionKind::wait);
  EXPECT_EQ(action.at, t0 + 60 * day);
}

TEST(Plan, DueFromTheVerySecond) {
  EXPECT_EQ(plan_for(installed(), t0 + 60 * day - Seconds(1)).kind, ActionKind::wait);
  EXPECT_EQ(plan_for(installed(), t0 + 60 * day).kind, ActionKind::renew);
}

TEST(Plan, OverdueIsRenewedToTheLastSecondOfValidity) {
  EXPECT_EQ(plan_for(installed(), t0 + 90 * day - Seconds(1)).kind, ActionKind::renew);
}

TEST(Plan, ExpiredWithoutATokenCannotSucceedAndSaysWhatToDo) {
  const TimePoint now = t0 + 90 * day;
  const Action action = plan_for(installed(), now);
  EXPECT_EQ(action.kind, ActionKind::cannot_succeed);
  EXPECT_EQ(action.at, now + interval);
  EXPECT_THAT(action.reason, HasSubstr("expired at 2026-03-31T23:59:59Z"));
  EXPECT_THAT(action.reason, HasSubstr("chancery enroll"));
  EXPECT_THAT(action.reason, HasSubstr("enrollment_token_file"));
}

TEST(Plan, ExpiredWithATokenEnrols) {
  CertificateInventory inventory = installed();
  inventory.token = TokenState::usable;
  EXPECT_EQ(plan_for(inventory, t0 + 90 * day).kind, ActionKind::enrol);
}

TEST(Plan, NothingInstalledEnrolsWithATokenOnly) {
  CertificateInventory inventory;
  EXPECT_EQ(plan_for(inventory, t0).kind, ActionKind::cannot_succeed);
  inventory.token = TokenState::refused;
  EXPECT_EQ(plan_for(inventory, t0).kind, ActionKind::cannot_succeed);
  EXPECT_THAT(plan_for(inventory, t0).reason, HasSubstr("refused or used before"));
  inventory.token = TokenState::usable;
  EXPECT_EQ(plan_for(inventory, t0).kind, ActionKind::enrol);
}

TEST(Plan, ATokenFileThatCannotBeReadIsNamed) {
  CertificateInventory inventory;
  inventory.token_fault = "run chmod 600 on it";
  EXPECT_THAT(plan_for(inventory, t0).reason, HasSubstr("chmod 600"));
}

TEST(Plan, DamageIsTreatedAsNothingInstalledAndNamed) {
  CertificateInventory inventory;
  inventory.damage = "key.pem is not the certificate's key";
  EXPECT_THAT(plan_for(inventory, t0).reason, HasSubstr("key.pem is not"));
  inventory.token = TokenState::usable;
  EXPECT_EQ(plan_for(inventory, t0).kind, ActionKind::enrol);
}

TEST(Plan, BackOffIsWaitedForAndNoLonger) {
  CertificateInventory inventory = installed();
  const TimePoint now = t0 + 61 * day;
  inventory.issue_not_before = now + Seconds(100);
  EXPECT_EQ(plan_for(inventory, now).kind, ActionKind::wait);
  EXPECT_EQ(plan_for(inventory, now).at, now + Seconds(100));
  EXPECT_THAT(plan_for(inventory, now).reason, HasSubstr("backing off"));
  EXPECT_EQ(plan_for(inventory, now + Seconds(100)).kind, ActionKind::renew);
}

TEST(Plan, ABackOffNotedUnderAWrongClockCountsForNothing) {
  CertificateInventory inventory = installed();
  const TimePoint now = t0 + 61 * day;
  inventory.issue_not_before = now + Seconds(3600);
  EXPECT_EQ(plan_for(inventory, now).kind, ActionKind::wait);
  inventory.issue_not_before = now + Seconds(3601);
  EXPECT_EQ(plan_for(inventory, now).kind, ActionKind::renew);
}

TEST(Plan, BackOffOfIssuanceDoesNotKeepTheWireUnwatched) {
  CertificateInventory inventory = installed();
  const TimePoint now = t0 + 61 * day;
  inventory.issue_not_before = now + Seconds(100);
  inventory.verify_at = now;
  EXPECT_EQ(plan_for(inventory, now).kind, ActionKind::verify);
}

TEST(Plan, AFailingVerificationDoesNotKeepARenewalFromHappening) {
  CertificateInventory inventory = installed();
  inventory.verify_at = t0 + 61 * day + Seconds(500);
  EXPECT_EQ(plan_for(inventory, t0 + 61 * day).kind, ActionKind::renew);
}

TEST(Plan, TheWireIsLookedAtWhenItsTimeHasCome) {
  CertificateInventory inventory = installed();
  inventory.verify_at = t0 + Seconds(60);
  EXPECT_EQ(plan_for(inventory, t0 + Seconds(59)).kind, ActionKind::wait);
  EXPECT_EQ(plan_for(inventory, t0 + Seconds(59)).at, t0 + Seconds(60));
  EXPECT_EQ(plan_for(inventory, t0 + Seconds(60)).kind, ActionKind::verify);
}

TEST(Plan, AnUnprovenCandidateIsInstalledAgain) {
  CertificateInventory inventory = installed();
  inventory.candidate = version("01bb", t0 + 60 * day);
  EXPECT_EQ(plan_for(inventory, t0 + 61 * day).kind, ActionKind::install);
  inventory.issue_not_before = t0 + 61 * day + Seconds(5);
  EXPECT_EQ(plan_for(inventory, t0 + 61 * day).kind, ActionKind::wait);
}

TEST(Plan, ACandidateThatIsItselfDueIsForgotten) {
  CertificateInventory inventory = installed();
  inventory.candidate = version("01bb", t0);
  EXPECT_EQ(plan_for(inventory, t0 + 60 * day).kind, ActionKind::renew);
}

TEST(Plan, ARefusedRenewalEnrolsOnceThereIsAToken) {
  CertificateInventory inventory = installed();
  inventory.renewal_refused = true;
  EXPECT_EQ(plan_for(inventory, t0 + 61 * day).kind, ActionKind::renew);
  inventory.token = TokenState::usable;
  EXPECT_EQ(plan_for(inventory, t0 + 61 * day).kind, ActionKind::enrol);
  EXPECT_EQ(plan_for(inventory, t0 + 59 * day).kind, ActionKind::wait);
}

TEST(Plan, OtherNamesNeedATokenAndNeverStopRenewals) {
  CertificateInventory inventory = installed();
  inventory.names_differ = true;
  EXPECT_EQ(plan_for(inventory, t0 + day).kind, ActionKind::wait);
  EXPECT_EQ(plan_for(inventory, t0 + 60 * day).kind, ActionKind::renew);
  inventory.token = TokenState::usable;
  EXPECT_EQ(plan_for(inventory, t0 + day).kind, ActionKind::enrol);
}

TEST(Plan, EveryCertificateGetsItsOwnActionInOrder) {
  CertificateInventory none;
  const std::vector<Action> actions = plan({installed(), none}, t0 + day, interval);
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(actions[0].kind, ActionKind::wait);
  EXPECT_EQ(actions[1].kind, ActionKind::cannot_succeed);
}

// cert-manager #1214, #4399: negative and zero waits became busy loops.
TEST(Plan, NeverLooksAgainWithinTheSameSecond) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::int64_t> offset(-200 * day.count(), 200 * day.count());
  for (int round = 0; round < 20000; ++round) {
    CertificateInventory inventory;
    const auto any_time = [&] { return t0 + Seconds(offset(random)); };
    if (random() % 4 != 0) {
      inventory.installed =
          VersionFacts{"01", x509::Validity::from_bounds(any_time(), any_time()), any_time(), random()};
    }
    if (random() % 2 == 0) inventory.issue_not_before = any_time();
    if (random() % 2 == 0) inventory.verify_at = any_time();
    inventory.token = static_cast<TokenState>(random() % 3);
    const TimePoint now = any_time();
    const Action action = plan({inventory}, now, Seconds(random() % 3)).front();
    const bool acts = action.kind != ActionKind::wait && action.kind != ActionKind::cannot_succeed;
    if (acts) {
      ASSERT_EQ(action.at, now);
    } else {
      ASSERT_GT(action.at, now);
    }
  }
}

TEST(RenewalTime, StaysBetweenRenewAfterAndTheLastSafeMoment) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 50000; ++round) {
    const Seconds lifetime(1 + static_cast<std::int64_t>(random() % (400U * 86400U)));
    const Seconds until_renewal(
        static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(lifetime.count())));
    const VersionFacts facts{"01", x509::Validity::starting_at(t0, lifetime), t0 + until_renewal, random()};
    const TimePoint at = renewal_time(facts);
    ASSERT_LE(at, last_safe_moment(facts));
    ASSERT_LE(last_safe_moment(facts), facts.validity.not_after());
    ASSERT_GE(at, std::min(facts.renew_after, last_safe_moment(facts)));
    ASSERT_GE(at, facts.validity.not_before());
  }
}

TEST(RenewalTime, ATimeLapseOf90SecondsRenewsAtSecond60Or61) {
  for (std::uint64_t jitter = 0; jitter < 100; ++jitter) {
    const VersionFacts facts{"01", x509::Validity::starting_at(t0, Seconds(90)), t0 + Seconds(60), jitter};
    EXPECT_GE(renewal_time(facts), t0 + Seconds(60));
    EXPECT_LE(renewal_time(facts), t0 + Seconds(61));
  }
}

// lego #1656: 33,000 orders within 30 seconds of midnight.
TEST(RenewalTime, SpreadsAFleetOverMoreThanADay) {
  TimePoint first = TimePoint::max(), last = TimePoint::min();
  std::mt19937_64 random(3);
  for (int node = 0; node < 1000; ++node) {
    VersionFacts facts = version();
    facts.jitter = random();
    first = std::min(first, renewal_time(facts));
    last = std::max(last, renewal_time(facts));
  }
  EXPECT_GE(first, t0 + 60 * day);
  EXPECT_GT(last - first, day);
}

TEST(RenewalTime, AWildSuggestionOfTheServiceIsHeldToTheValidity) {
  VersionFacts facts = version();
  facts.renew_after = t0 + 10000 * day;
  EXPECT_LT(renewal_time(facts), facts.validity.not_after());
}

}  // namespace
}  // namespace chancery::agent
