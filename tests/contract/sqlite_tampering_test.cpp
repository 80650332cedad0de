// SQLite only: whoever edits the trail behind our back is found out, and where.
#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <ostream>

#include "ca/audit/entry.h"
#include "ca/audit/verify.h"
#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr int entries = 600;  // two complete tiles and a part of one

struct Tampering {
  std::string name;
  std::string sql;
  std::string finding;  // of the first fault: kind, index and place
  std::string message;
};

void PrintTo(const Tampering& tampering, std::ostream* out) {
  *out << tampering.name;
}

class AuditTampering : public testing::TestWithParam<Tampering> {};

// Filled once, copied for each test.
std::string whole_database() {
  static const TemporaryDirectory directory;
  static const bool filled = [] {
    append_at_once(*open_sqlite(directory.file("whole.db")), entries);
    return true;
  }();
  EXPECT_TRUE(filled);
  return directory.file("whole.db");
}

std::string place_of(const merkle::Fault& fault) {
  return std::string(merkle::to_string(fault.kind)) + " " + std::to_string(fault.index) + " " + fault.where;
}

TEST_P(AuditTampering, IsNamed) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("chancery.db");
  std::filesystem::copy_file(whole_database(), path);
  const auto store = open_sqlite(path);
  const Result<merkle::Verification> before = audit::verify_log(*store, {}, {});
  EXPECT_THAT(before->faults, IsEmpty());

  SQLite::Database(path, SQLite::OPEN_READWRITE).exec(GetParam().sql);

  const merkle::KnownCheckpoint kept{"kept.txt", {"o", entries, before->root}};
  const Result<merkle::Verification> verified = audit::verify_log(*store, {kept}, {});
  ASSERT_TRUE(verified.has_value()) << verified.error().message;
  ASSERT_FALSE(verified->faults.empty());
  EXPECT_EQ(place_of(verified->faults.front()), GetParam().finding);
  EXPECT_THAT(verified->faults.front().message, HasSubstr(GetParam().message));
}

const std::string swap_3_and_4 =
    "UPDATE audit SET sequence = 9999 WHERE sequence = 3; UPDATE audit SET sequence = 3 WHERE sequence = 4;"
    "UPDATE audit SET sequence = 4 WHERE sequence = 9999";

// In a tile that is complete: level 0, number 1.
std::string flip_in_tile(int level, int number, int hash) {
  const std::string at = std::to_string(hash * 32 + 1);
  const std::string after = std::to_string(hash * 32 + 2);
  return "UPDATE log_tiles SET hashes = CAST(substr(hashes, 1, " + std::to_string(hash * 32) +
         ") || CASE substr(hashes, " + at + ", 1) WHEN x'00' THEN x'01' ELSE x'00' END || substr(hashes, " +
         after + ") AS BLOB) WHERE level = " + std::to_string(level) +
         " AND number = " + std::to_string(number);
}

INSTANTIATE_TEST_SUITE_P(
    Log, AuditTampering,
    testing::Values(
        Tampering{"AChangedSubject", "UPDATE audit SET subject = 'subject-x' WHERE sequence = 4",
                  "entry 3 tile/0/000 hash 3", "hash that is stored with it"},
        Tampering{"AChangedTime", "UPDATE audit SET at = at + 1 WHERE sequence = 1",
                  "entry 0 tile/0/000 hash 0", "hash that is stored with it"},
        Tampering{"AChangedActor", "UPDATE audit SET actor = 'bob' WHERE sequence = 300",
                  "entry 299 tile/0/001 hash 43", "hash that is stored with it"},
        Tampering{"AChangedType", "UPDATE audit SET event_type = 'other' WHERE sequence = 599",
                  "entry 598 tile/0/002 hash 86", "hash that is stored with it"},
        Tampering{"ChangedFields", "UPDATE audit SET fields = '{\"n\":2}' WHERE sequence = 6",
                  "entry 5 tile/0/000 hash 5", "hash that is stored with it"},
        Tampering{"FieldsThatAreNone", "UPDATE audit SET fields = 'x' WHERE sequence = 6",
                  "entry 5 tile/0/000 hash 5", "not JSON"},
        Tampering{"ATextMovedToItsNeighbour",
                  "UPDATE audit SET event_type = 'even', actor = 'talice' WHERE sequence = 2",
                  "entry 1 tile/0/000 hash 1", "hash that is stored with it"},
        Tampering{"AFlippedBitOfAHash",
                  "UPDATE audit SET hash = CAST(substr(hash, 1, 31) || "
                  "CASE substr(hash, 32) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB) WHERE sequence = 3",
                  "entry 2 tile/0/000 hash 2", "hash that is stored with it"},
        Tampering{"AFlippedBitOfATile", flip_in_tile(0, 1, 40), "tile 296 tile/0/001 hash 40",
                  "the stored hash of entry 296 was altered"},
        Tampering{"AFlippedRoot", "UPDATE log_tiles SET root = zeroblob(32) WHERE number = 1",
                  "tile 256 tile/1/000 hash 1", "not that of tile/0/001"},
        Tampering{"ARemovedTile", "DELETE FROM log_tiles WHERE number = 1", "tile 256 tile/1/000 hash 1",
                  "the hash is missing"},
        Tampering{"ARemovedEntry", "DELETE FROM audit WHERE sequence = 3", "entry 2 tile/0/000 hash 2",
                  "entry 2 is missing"},
        Tampering{"ARemovedFirstEntry", "DELETE FROM audit WHERE sequence = 1", "entry 0 tile/0/000 hash 0",
                  "entry 0 is missing"},
        Tampering{"AnEntryRemovedAndTheGapClosed",
                  "DELETE FROM audit WHERE sequence = 3; UPDATE audit SET sequence = sequence - 1 WHERE "
                  "sequence > 3",
                  "entry 2 tile/0/000 hash 2", "hash that is stored with it"},
        Tampering{"TwoEntriesSwapped", swap_3_and_4, "entry 2 tile/0/000 hash 2",
                  "hash that is stored with it"},
        Tampering{"TheNewestEntriesCutOff", "DELETE FROM audit WHERE sequence > 590", "rollback 600 kept.txt",
                  "the log has 590"}),
    [](const auto& test) { return test.param.name; });

TEST(AuditHistory, ARewrittenHistoryIsAFork) {
  const auto ours = make_memory_store(audit::log_hashing());
  const auto theirs = make_memory_store(audit::log_hashing());
  for (int i = 1; i <= entries; ++i) {
    EXPECT_OK(ours->append_audit(event("event", std::to_string(i))));
    EXPECT_OK(theirs->append_audit(event("event", i == 400 ? "x" : std::to_string(i))));
  }
  const merkle::Hash root = audit::verify_log(*ours, {}, {})->root;
  const Result<merkle::Verification> verified =
      audit::verify_log(*theirs, {{"kept.txt", {"o", entries, root}}}, {});
  ASSERT_EQ(verified->faults.size(), 1U);
  EXPECT_EQ(place_of(verified->faults.front()), "fork 600 kept.txt");
}

}  // namespace
}  // namespace chancery::store::test
