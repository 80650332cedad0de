// SQLite only: whoever edits the trail behind our back is found out, and where.
#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>

#include <ostream>

#include "ca/audit/audit.h"
#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Tampering {
  std::string name;
  std::string sql;
  std::string finding;  // how the error begins
};

void PrintTo(const Tampering& tampering, std::ostream* out) {
  *out << tampering.name;
}

class AuditTampering : public testing::TestWithParam<Tampering> {};

TEST_P(AuditTampering, IsNamed) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("chancery.db");
  const auto store = open_sqlite(path);
  for (int i = 1; i <= 6; ++i) EXPECT_OK(store->append_audit(event("event", "subject-" + std::to_string(i))));
  EXPECT_OK(audit::verify_chain(*store));

  SQLite::Database(path, SQLite::OPEN_READWRITE).exec(GetParam().sql);

  const Result<audit::Verification> verified = audit::verify_chain(*store);
  ASSERT_FALSE(verified.has_value());
  EXPECT_EQ(verified.error().code, ErrorCode::validation);
  EXPECT_THAT(verified.error().message, StartsWith("audit entry " + GetParam().finding));
  EXPECT_THAT(verified.error().message, HasSubstr("stop the service"));
}

const std::string swap_3_and_4 =
    "UPDATE audit SET sequence = 99 WHERE sequence = 3; UPDATE audit SET sequence = 3 WHERE sequence = 4;"
    "UPDATE audit SET sequence = 4 WHERE sequence = 99";

INSTANTIATE_TEST_SUITE_P(
    Trail, AuditTampering,
    testing::Values(
        Tampering{"AChangedSubject", "UPDATE audit SET subject = 'subject-x' WHERE sequence = 4",
                  "4 was altered"},
        Tampering{"AChangedTime", "UPDATE audit SET at = at + 1 WHERE sequence = 1", "1 was altered"},
        Tampering{"AChangedActor", "UPDATE audit SET actor = 'bob' WHERE sequence = 2", "2 was altered"},
        Tampering{"AChangedType", "UPDATE audit SET event_type = 'other' WHERE sequence = 2",
                  "2 was altered"},
        Tampering{"ChangedFields", "UPDATE audit SET fields = '{\"n\":2}' WHERE sequence = 6",
                  "6 was altered"},
        Tampering{"ATextMovedToItsNeighbour",
                  "UPDATE audit SET event_type = 'even', actor = 'talice' WHERE sequence = 2",
                  "2 was altered"},
        Tampering{"AFlippedBitOfAHash",
                  "UPDATE audit SET hash = CAST(substr(hash, 1, 31) || "
                  "CASE substr(hash, 32) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB) WHERE sequence = 3",
                  "3 was altered"},
        Tampering{"AForgedPrevious", "UPDATE audit SET previous = zeroblob(32) WHERE sequence = 5",
                  "5 does not follow"},
        Tampering{"ARemovedEntry", "DELETE FROM audit WHERE sequence = 3", "3 is missing: entry 4 stands"},
        Tampering{"ARemovedFirstEntry", "DELETE FROM audit WHERE sequence = 1",
                  "1 is missing: entry 2 stands"},
        Tampering{"AnEntryRemovedAndTheGapClosed",
                  "DELETE FROM audit WHERE sequence = 3; UPDATE audit SET sequence = sequence - 1 WHERE "
                  "sequence > 3",
                  "3 does not follow"},
        Tampering{"TwoEntriesSwapped", swap_3_and_4, "3 does not follow"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace chancery::store::test
