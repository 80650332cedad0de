// Contract: enrolment tokens, used up exactly as often as they may be.
#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <thread>

#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

class StoreTokens : public StoreContract {
 protected:
  static Intent paying(int number, int token) {
    Intent intent = make_intent(number);
    intent.token_hash = digest_of(token);
    return intent;
  }
};
FOR_EVERY_STORE(StoreTokens);

TEST_P(StoreTokens, KeepsEveryMember) {
  Token added = make_token(50, 3);
  EXPECT_OK(add(added));
  const Token found = token(added.hash);
  EXPECT_EQ(found.hash, added.hash);
  EXPECT_EQ(found.identity, added.identity);
  EXPECT_EQ(found.profile, added.profile);
  EXPECT_EQ(found.names, added.names);
  EXPECT_EQ(found.uses, 3);
  EXPECT_EQ(found.used, 0);
  EXPECT_EQ(found.reserved, 0);
  EXPECT_EQ(found.created_at, added.created_at);
  EXPECT_EQ(found.expires_at, added.expires_at);
  EXPECT_EQ(found.created_by, added.created_by);
  EXPECT_FALSE(store_->find_token(digest_of(51)).value().has_value());
  EXPECT_CODE(add(added), conflict);
}

TEST_P(StoreTokens, AreReservedThenConsumed) {
  EXPECT_OK(add(make_token(50, 2)));
  EXPECT_OK(begin(paying(1, 50)));
  EXPECT_EQ(token(digest_of(50)).reserved, 1);
  EXPECT_EQ(token(digest_of(50)).used, 0);
  EXPECT_OK(complete(make_certificate(1)));
  EXPECT_EQ(token(digest_of(50)).reserved, 0);
  EXPECT_EQ(token(digest_of(50)).used, 1);
}

TEST_P(StoreTokens, SpentOrReservedIsAConflict) {
  EXPECT_OK(add(make_token(50, 2)));
  EXPECT_OK(begin(paying(1, 50)));
  EXPECT_OK(complete(make_certificate(1)));
  EXPECT_OK(begin(paying(2, 50)));
  EXPECT_CODE(begin(paying(3, 50)), conflict);
  EXPECT_OK(complete(make_certificate(2)));
  EXPECT_CODE(begin(paying(3, 50)), conflict);
  EXPECT_FALSE(store_->find_status(serial_of(3)).value().has_value());
}

TEST_P(StoreTokens, AbandonFreesThem) {
  EXPECT_OK(add(make_token(50)));
  EXPECT_OK(begin(paying(1, 50)));
  EXPECT_OK(abandon(serial_of(1)));
  EXPECT_EQ(token(digest_of(50)).reserved, 0);
  EXPECT_EQ(token(digest_of(50)).used, 0);
  EXPECT_OK(begin(paying(2, 50)));
  EXPECT_OK(complete(make_certificate(2)));
}

TEST_P(StoreTokens, UnknownOrExpiredIsUnauthorized) {
  EXPECT_CODE(begin(paying(1, 50)), unauthorized);
  EXPECT_OK(add(make_token(50)));
  Intent late = paying(1, 50);
  late.created_at = make_token(50).expires_at;
  EXPECT_CODE(begin(late), unauthorized);
  late.created_at -= Seconds(1);
  EXPECT_OK(begin(late));
}

TEST_P(StoreTokens, ARefusedSerialDoesNotReserve) {
  issue(1);
  EXPECT_OK(add(make_token(50)));
  EXPECT_CODE(begin(paying(1, 50)), conflict);
  EXPECT_EQ(token(digest_of(50)).reserved, 0);
}

TEST_P(StoreTokens, OneOfFiftyAtOnceWins) {
  EXPECT_OK(add(make_token(50)));
  std::latch together(50);
  std::atomic<int> winners{0}, conflicts{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 1; i <= 50; ++i) {
      threads.emplace_back([&, i] {
        together.arrive_and_wait();
        const Result<void> begun = begin(paying(i, 50));
        if (begun && complete(make_certificate(i))) ++winners;
        if (!begun && begun.error().code == ErrorCode::conflict) ++conflicts;
      });
    }
  }
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(conflicts, 49);
  EXPECT_EQ(token(digest_of(50)).used, 1);
  EXPECT_EQ(token(digest_of(50)).reserved, 0);
  EXPECT_EQ(store_->list_certificates({}, "", 100).value().rows.size(), 1U);
}

}  // namespace
}  // namespace chancery::store::test
