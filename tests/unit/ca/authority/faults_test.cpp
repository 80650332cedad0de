// The n-th call of each kind is made to fail, n = 1, 2, 3, ... until there are no more: afterwards everything
// that may have been signed is known, and the same request succeeds.
#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>

#include "tests/unit/ca/authority/faulty_world.h"

namespace chancery::authority {
namespace {

TEST(Faults, NothingFailsWhereNothingIsMadeToFail) {
  FaultyWorld world(store::make_memory_store(audit::log_hashing()));
  EXPECT_EQ(world.live(0), 0);
  EXPECT_EQ(world.signed_serials().size(), 2U);
  world.expect_all_accounted_for();
}

// One failure, and two or three in a row: the second may meet the very attempt to clean up after the first.
class StoreCalls : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(InARow, StoreCalls, testing::Values(1, 2, 3));

TEST_P(StoreCalls, EachMayFail) {
  const int in_a_row = GetParam();
  int calls = 0, refusals = 0;
  for (int n = 1; n == 1 || n <= calls; ++n) {
    SCOPED_TRACE("store call " + std::to_string(n));
    FaultyWorld world(store::make_memory_store(audit::log_hashing()));
    world.store->fail_calls(n, in_a_row);
    refusals += world.live(in_a_row);
    if (n == 1) calls = world.store->calls();
    world.expect_all_accounted_for();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GE(calls, 10);
  EXPECT_GE(refusals, 8) << "most calls matter to somebody";
}

TEST(Faults, EachSignatureMayFail) {
  for (int n = 1; n <= 2; ++n) {
    SCOPED_TRACE("signature " + std::to_string(n));
    FaultyWorld world(store::make_memory_store(audit::log_hashing()));
    world.fail_signature(n);
    EXPECT_EQ(world.live(1), 1);
    EXPECT_EQ(world.signed_serials().size(), 3U);
    world.expect_all_accounted_for();
  }
}

// In the database itself, so that the whole of the transaction around it is seen to fail.
void refuse_audit_entry(const std::string& database, int sequence) {
  SQLite::Database(database, SQLite::OPEN_READWRITE)
      .exec("CREATE TRIGGER refuse BEFORE INSERT ON audit WHEN NEW.sequence = " + std::to_string(sequence) +
            " BEGIN SELECT RAISE(ABORT, 'made to fail'); END");
}
void take_audit_entries(const std::string& database) {
  SQLite::Database(database, SQLite::OPEN_READWRITE).exec("DROP TRIGGER IF EXISTS refuse");
}

TEST(Faults, EachAuditEntryMayFail) {
  constexpr int entries = 6;  // enrolment, two intents, two certificates, a revocation
  for (int n = 1; n <= entries + 1; ++n) {
    SCOPED_TRACE("audit entry " + std::to_string(n));
    const Folder folder;
    FaultyWorld world(open_store(folder.database()));
    refuse_audit_entry(folder.database(), n);
    const int refusals = world.live(1, [&] { take_audit_entries(folder.database()); });
    EXPECT_EQ(refusals, n <= entries ? 1 : 0);
    take_audit_entries(folder.database());
    world.expect_all_accounted_for();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace chancery::authority
