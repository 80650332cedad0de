// SQLite only: a store of schema 6, in which requests wait for approval, goes on as one of schema 7.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "ca/store/migrations/migrations.h"
#include "tests/contract/request_contract.h"

namespace chancery::store::test {
namespace {

constexpr std::size_t schema_before = 6;
constexpr Seconds hour{3600};

std::vector<std::string> schema_of(SQLite::Database& database) {
  std::vector<std::string> parts;
  SQLite::Statement statement(
      database, "SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1");
  while (statement.executeStep()) parts.push_back(statement.getColumn(0).getString());
  return parts;
}

class SqliteUpgrade : public RequestContract {
 protected:
  static Quota quota(std::int64_t most) { return {"s", most, hour}; }
  static ApprovalRequest holding(ApprovalRequest request, std::int64_t most) {
    request.quotas = {quota(most)};
    return request;
  }
  Intent counted_answer(int of, int number, std::int64_t most) {
    Intent intent = answer_to(request(of), number);
    intent.quotas = {quota(most)};
    return intent;
  }
  std::int64_t used() { return store_->check_quotas({quota(100)}, start + Seconds(3)).value().at(0).used; }

  // As the program of before schema 7 left it.
  void take_back() {
    store_.reset();
    SQLite::Database database(directory_.file("chancery.db"), SQLite::OPEN_READWRITE);
    database.exec("DROP TABLE quota_holds; DROP INDEX quota_uses_at; DROP TABLE abandoned_keys");
    database.exec("PRAGMA user_version = 6");
    SQLite::Database pristine(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    for (std::size_t step = 0; step < schema_before; ++step) {
      pristine.exec(migrations()[step]);
      if (step + 1 == 3) pristine.exec("ALTER TABLE audit DROP COLUMN previous");  // as convert_log
    }
    ASSERT_EQ(schema_of(database), schema_of(pristine)) << "this is no schema 6";
  }
  void upgrade() {
    store_ = open_sqlite(directory_.file("chancery.db"));
    SQLite::Database database(directory_.file("chancery.db"));
    ASSERT_EQ(database.execAndGet("PRAGMA user_version").getInt(), static_cast<int>(migrations().size()));
  }
};
INSTANTIATE_TEST_SUITE_P(Store, SqliteUpgrade, testing::Values(std::string("sqlite")),
                         [](const auto& test) { return test.param; });

TEST_P(SqliteUpgrade, WhatWaitsIsApprovedAndIssued) {
  EXPECT_OK(add(make_token(50, 1)));
  EXPECT_OK(add_request(holding(make_request(11, 2), 9)));
  EXPECT_OK(approve(11, first_approver, Seconds(1), 2));
  EXPECT_OK(add_request(holding(by_token(21, 50), 9)));
  EXPECT_OK(add_request(holding(make_request(31), 9)));
  EXPECT_OK(approve(31, first_approver));
  const std::int64_t entries = store_->log_size().value();
  take_back();
  upgrade();

  expect_whole_log(*store_, entries);
  EXPECT_EQ(store_->count_open_requests(start).value().pending, 2);
  EXPECT_EQ(store_->count_open_requests(start).value().approved, 1);
  EXPECT_EQ(request(11).approvals.size(), 1U);
  EXPECT_EQ(request(21).token_hash, digest_of(50));
  EXPECT_EQ(token(digest_of(50)).reserved, 1);
  EXPECT_OK(approve(11, second_approver, Seconds(1), 2));
  EXPECT_OK(approve(21, first_approver));
  int number = 61;
  for (const int waiting : {11, 21, 31}) {
    const Intent intent = counted_answer(waiting, number, 9);
    EXPECT_OK(begin(intent));
    EXPECT_OK(complete(certificate_of(intent, number)));
    EXPECT_EQ(state(waiting), RequestState::issued);
    ++number;
  }
  EXPECT_EQ(token(digest_of(50)).used, 1);
  EXPECT_EQ(used(), 3);
}

// The older program did not know that a request that waits will need a use.
TEST_P(SqliteUpgrade, WhatWaitedHoldsNoQuotaAndIsJudgedWhenItIsIssued) {
  EXPECT_OK(add_request(holding(make_request(11), 1)));
  EXPECT_OK(approve(11, first_approver));
  EXPECT_EQ(used(), 1);
  take_back();
  upgrade();

  EXPECT_EQ(used(), 0);
  EXPECT_OK(add_request(holding(make_request(21), 1)));
  EXPECT_EQ(used(), 1) << "what is asked now does hold it";
  EXPECT_CODE(begin(counted_answer(11, 61, 1)), rate_limited);
  EXPECT_OK(end(21, RequestState::cancelled));
  EXPECT_EQ(used(), 0);
  EXPECT_OK(begin(counted_answer(11, 61, 1)));
  EXPECT_EQ(used(), 1);
  EXPECT_OK(abandon(serial_of(61)));
  EXPECT_EQ(used(), 1) << "it waits again, and holds its use from now on";
  EXPECT_CODE(add_request(holding(make_request(31), 1)), rate_limited);
  EXPECT_OK(end(11, RequestState::refused));
  EXPECT_EQ(used(), 0);
}

TEST_P(SqliteUpgrade, EveryEndOfWhatWaitedIsPossible) {
  for (const int number : {11, 21, 31, 41}) EXPECT_OK(add_request(holding(make_request(number), 9)));
  EXPECT_OK(approve(41, first_approver));
  take_back();
  upgrade();
  EXPECT_OK(end(11, RequestState::cancelled, Seconds(1), serial_of(asker)));
  EXPECT_OK(end(21, RequestState::rejected, Seconds(1), serial_of(first_approver)));
  EXPECT_OK(end(31, RequestState::expired, Seconds(100)));
  EXPECT_OK(end(41, RequestState::refused));
  EXPECT_EQ(used(), 0);
  EXPECT_EQ(store_->count_open_requests(start).value().pending, 0);
}

// A kill of the older program in the middle of an issuance that was approved, and then the upgrade.
TEST_P(SqliteUpgrade, AnIssuanceThatWasOpenIsEndedAndItsRequestWaitsOn) {
  EXPECT_OK(add_request(holding(make_request(11), 1)));
  EXPECT_OK(approve(11, first_approver));
  EXPECT_OK(begin(counted_answer(11, 61, 1)));
  take_back();
  upgrade();
  const std::vector<Intent> open = store_->open_intents().value();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].approval, id_of(11));
  EXPECT_EQ(used(), 1);
  EXPECT_OK(abandon(serial_of(61)));
  EXPECT_EQ(state(11), RequestState::approved);
  EXPECT_EQ(used(), 1);
  const Intent again = counted_answer(11, 62, 1);
  EXPECT_OK(begin(again));
  EXPECT_OK(complete(certificate_of(again, 62)));
  EXPECT_EQ(state(11), RequestState::issued);
  EXPECT_OK(revoke(serial_of(61)));
  EXPECT_CODE(store_->check_key(digest_of(11), Identity("node-11"), false), forbidden);
}

}  // namespace
}  // namespace chancery::store::test
