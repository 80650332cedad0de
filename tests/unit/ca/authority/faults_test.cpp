// The n-th call of each kind is made to fail, n = 1, 2, 3, ... until there are no more: afterwards everything
// that may have been signed is known, and the same request succeeds.
#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>

#include "tests/unit/ca/authority/faulty_world.h"

namespace chancery::authority {
namespace {

constexpr auto name_of_life = [](const auto& test) { return to_string(test.param); };

class Faults : public testing::TestWithParam<Life> {};
INSTANTIATE_TEST_SUITE_P(Life, Faults, testing::ValuesIn(all_lives), name_of_life);

TEST_P(Faults, NothingFailsWhereNothingIsMadeToFail) {
  FaultyWorld world(store::make_memory_store(audit::log_hashing()), GetParam());
  EXPECT_EQ(world.live(0), 0);
  world.expect_all_accounted_for();
}

// One failure, and two or three in a row: the second may meet the very attempt to clean up after the first.
class StoreCalls : public testing::TestWithParam<std::tuple<Life, int>> {};
INSTANTIATE_TEST_SUITE_P(InARow, StoreCalls,
                         testing::Combine(testing::ValuesIn(all_lives), testing::Values(1, 2, 3)),
                         [](const auto& test) {
                           return to_string(std::get<0>(test.param)) + "_" +
                                  std::to_string(std::get<1>(test.param));
                         });

TEST_P(StoreCalls, EachMayFail) {
  const auto [life, in_a_row] = GetParam();
  int calls = 0, refusals = 0;
  for (int n = 1; n == 1 || n <= calls; ++n) {
    SCOPED_TRACE("store call " + std::to_string(n));
    FaultyWorld world(store::make_memory_store(audit::log_hashing()), life);
    world.store->fail_calls(n, in_a_row);
    refusals += world.live(in_a_row);
    if (n == 1) calls = world.store->calls();
    world.expect_all_accounted_for();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GE(calls, 10);
  EXPECT_GE(refusals, 8) << "most calls matter to somebody";
}

TEST_P(Faults, EachSignatureMayFail) {
  int signatures = 0;
  for (int n = 0; n <= signatures; ++n) {  // with 0 none fails, and they are counted
    SCOPED_TRACE("signature " + std::to_string(n));
    FaultyWorld world(store::make_memory_store(audit::log_hashing()), GetParam());
    if (n > 0) world.fail_signature(n);
    EXPECT_EQ(world.live(1), n == 0 ? 0 : 1);
    if (n == 0) signatures = static_cast<int>(world.signed_serials().size());
    EXPECT_EQ(world.signed_serials().size(), static_cast<std::size_t>(n == 0 ? signatures : signatures + 1));
    world.expect_all_accounted_for();
  }
  EXPECT_EQ(signatures > 0, GetParam() != Life::endings);
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

TEST_P(Faults, EachAuditEntryMayFail) {
  int entries = 0;
  for (int n = 0; n <= entries; ++n) {  // with 0 none fails, and they are counted
    SCOPED_TRACE("audit entry " + std::to_string(n));
    const Folder folder;
    FaultyWorld world(open_store(folder.database()), GetParam());
    const auto before = static_cast<int>(world.entries_before());
    if (n > 0) refuse_audit_entry(folder.database(), before + n);
    EXPECT_EQ(world.live(1, [&] { take_audit_entries(folder.database()); }), n == 0 ? 0 : 1);
    if (n == 0) entries = static_cast<int>(*world.store->log_size()) - before;
    world.expect_all_accounted_for();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GE(entries, 6);
}

}  // namespace
}  // namespace chancery::authority
