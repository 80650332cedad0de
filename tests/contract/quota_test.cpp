// Contract: quotas, decided in the commit that begins an issuance.
#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <thread>

#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

constexpr Seconds hour{3600};

class StoreQuotas : public StoreContract {
 protected:
  static Quota quota(const std::string& subject, std::int64_t most) { return {subject, most, hour}; }
  static Intent counted(int number, std::vector<Quota> quotas, Seconds after = Seconds(0)) {
    Intent intent = make_intent(number);
    intent.created_at = start + after;
    intent.quotas = std::move(quotas);
    return intent;
  }
  QuotaUse use(const Quota& of, Seconds after) {
    return store_->check_quotas({of}, start + after).value().at(0);
  }
};
FOR_EVERY_STORE(StoreQuotas);

TEST_P(StoreQuotas, EndAtTheirCount) {
  const Quota two = quota("identity:service:web", 2);
  EXPECT_EQ(use(two, Seconds(0)).used, 0);
  EXPECT_OK(begin(counted(1, {two})));
  EXPECT_OK(begin(counted(2, {two}, Seconds(5))));
  EXPECT_EQ(use(two, Seconds(6)).used, 2);
  EXPECT_EQ(use(two, Seconds(6)).free_at, start + hour);
  const Result<void> third = begin(counted(3, {two}, Seconds(6)));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::rate_limited);
  ASSERT_EQ(third.error().details.size(), 1U);
  EXPECT_EQ(third.error().details[0].value, "identity:service:web");
  EXPECT_FALSE(store_->find_status(serial_of(3)).value().has_value());
  EXPECT_EQ(audit_types().size(), 2U);
}

TEST_P(StoreQuotas, AUseLeavesTheWindowToTheSecond) {
  const Quota one = quota("s", 1);
  EXPECT_OK(begin(counted(1, {one})));
  EXPECT_CODE(begin(counted(2, {one}, hour - Seconds(1))), rate_limited);
  EXPECT_OK(begin(counted(2, {one}, hour)));
  EXPECT_EQ(use(one, hour).free_at, start + 2 * hour);
}

TEST_P(StoreQuotas, CountSubjectsApart) {
  EXPECT_OK(begin(counted(1, {quota("a", 1), quota("b", 2)})));
  EXPECT_OK(begin(counted(2, {quota("b", 2), quota("c", 1)})));
  const Result<void> spent = begin(counted(3, {quota("d", 1), quota("a", 1), quota("c", 1)}));
  ASSERT_FALSE(spent);
  EXPECT_EQ(spent.error().details.size(), 2U);  // of a and c; and d was not used by it
  EXPECT_EQ(use(quota("d", 1), Seconds(1)).used, 0);
  EXPECT_EQ(use(quota("a", 1), Seconds(1)).used, 1);
  EXPECT_EQ(use(quota("a'b", 1), Seconds(1)).used, 0);
}

TEST_P(StoreQuotas, CompletedOnesCountAndAbandonedOnesDoNot) {
  const Quota two = quota("s", 2);
  EXPECT_OK(begin(counted(1, {two, quota("t", 9)})));
  EXPECT_OK(complete(make_certificate(1)));
  EXPECT_OK(begin(counted(2, {two})));
  EXPECT_CODE(begin(counted(3, {two})), rate_limited);
  EXPECT_OK(abandon(serial_of(2)));
  EXPECT_EQ(use(two, Seconds(1)).used, 1);
  EXPECT_OK(begin(counted(3, {two})));
  EXPECT_OK(revoke(serial_of(1)));  // revoked, but it was issued
  EXPECT_CODE(begin(counted(4, {two})), rate_limited);
  EXPECT_EQ(use(quota("t", 9), Seconds(1)).used, 1);
}

TEST_P(StoreQuotas, AClockThatWentBackFreesNothing) {
  const Quota one = quota("s", 1);
  EXPECT_OK(begin(counted(1, {one}, hour)));
  EXPECT_CODE(begin(counted(2, {one}, Seconds(0))), rate_limited);
}

TEST_P(StoreQuotas, AnIssuanceWithoutQuotasIsNotCounted) {
  for (int number = 1; number <= 3; ++number) EXPECT_OK(begin(make_intent(number)));
  EXPECT_OK(begin(counted(4, {quota("s", 1)})));
}

TEST_P(StoreQuotas, OfManyAtOnceExactlyTheCountPasses) {
  constexpr int callers = 40, most = 7;
  std::atomic<int> passed = 0, refused = 0;
  std::latch ready(callers);
  std::vector<std::jthread> threads;
  threads.reserve(callers);
  for (int number = 1; number <= callers; ++number) {
    threads.emplace_back([&, number] {
      ready.arrive_and_wait();
      const Result<void> begun = begin(counted(number, {quota("one", most)}));
      if (begun) ++passed;
      if (!begun && begun.error().code == ErrorCode::rate_limited) ++refused;
    });
  }
  threads.clear();
  EXPECT_EQ(passed, most);
  EXPECT_EQ(refused, callers - most);
}

}  // namespace
}  // namespace chancery::store::test
