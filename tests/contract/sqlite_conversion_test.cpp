// SQLite only: the audit chain of a database of before the Merkle log is checked and converted at the
// opening.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "ca/audit/chain.h"
#include "ca/audit/entry.h"
#include "ca/base/file.h"
#include "ca/store/migrations/migrations.h"
#include "ca/store/sqlite/sqlite_store.h"
#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

using testing::HasSubstr;

constexpr int entries = 1300;  // more than a page of the conversion

class SqliteConversion : public testing::Test {
 protected:
  SqliteConversion() {
    SQLite::Database database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec("PRAGMA journal_mode = WAL");
    for (int step = 0; step < 2; ++step) database.exec(migrations()[static_cast<std::size_t>(step)]);
    database.exec("PRAGMA user_version = 2; PRAGMA application_id = 0x43484e43");
    database.exec("BEGIN");
    write_chain(database);
    add_certificate(database);
    database.exec("COMMIT");
  }
  void execute(const std::string& sql) { SQLite::Database(path_, SQLite::OPEN_READWRITE).exec(sql); }
  Result<std::unique_ptr<Store>> open_judged(std::function<Result<void>(LogReader&)> judge) {
    return open_sqlite_store({.path = path_, .before_migration = std::move(judge)}, audit::log_hashing());
  }
  [[nodiscard]] std::string octets() const { return read_file(path_, std::size_t{1} << 26U).value(); }
  Result<std::unique_ptr<Store>> open(ConversionProgress progress = {}) {
    return open_sqlite_store({.path = path_, .conversion_progress = std::move(progress)},
                             audit::log_hashing());
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.file("old.db");
  Digest head_{};

 private:
  void write_chain(SQLite::Database& database) {
    SQLite::Statement insert(
        database,
        "INSERT INTO audit (sequence, at, event_type, actor, subject, fields, previous, hash) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (int sequence = 1; sequence <= entries; ++sequence) {
      const AuditDraft draft = event(sequence == 700 ? "certificate.issued" : "e",
                                     sequence == 700 ? serial_of(1) : std::to_string(sequence));
      const Digest hash = audit::link_entry(sequence, head_, draft);
      insert.bind(1, sequence);
      insert.bind(2, static_cast<int64_t>(to_unix(draft.at)));
      insert.bind(3, draft.event_type);
      insert.bind(4, draft.actor.text());
      insert.bind(5, draft.subject);
      insert.bind(6, draft.fields);
      insert.bind(7, head_.data(), static_cast<int>(head_.size()));
      insert.bind(8, hash.data(), static_cast<int>(hash.size()));
      insert.exec();
      insert.reset();
      head_ = hash;
    }
  }
  static void add_certificate(SQLite::Database& database) {
    database.exec("INSERT INTO certificate_status (id, serial, status, reason) VALUES (1, '" + serial_of(1) +
                  "', 0, 0)");
    database.exec(
        "INSERT INTO certificates VALUES (1, x'30', zeroblob(32), zeroblob(32), zeroblob(32), 0, 1, 1, 0, "
        "'node-1', "
        "'service', zeroblob(32), '', '', '', '', '', '')");
  }
};

TEST_F(SqliteConversion, TheChainBecomesALog) {
  std::vector<std::int64_t> told;
  auto store = open([&](std::int64_t done, std::int64_t total) {
    told.push_back(done);
    EXPECT_EQ(total, entries);
  });
  ASSERT_TRUE(store.has_value()) << store.error().message << store.error().internal;
  EXPECT_EQ(told, (std::vector<std::int64_t>{1000, 1300}));
  expect_whole_log(**store, entries + 1);
  const AuditEntry converted = (*store)->read_audit(entries, 1).value().at(0);
  EXPECT_EQ(converted.event.event_type, "log.converted");
  EXPECT_EQ(converted.event.fields, R"({"entries":1300,"head":")" + to_hex(head_) + R"("})");
  EXPECT_EQ((*store)->find_log_entry(serial_of(1)).value().value().sequence, 700);
  EXPECT_EQ((*store)->read_audit(4, 1).value().at(0).event.subject, "5");
  EXPECT_OK((*store)->append_audit(event("after", "")));
  store->reset();
  expect_whole_log(*open_sqlite(path_), entries + 2);
}

// Whoever opens it sees the log as it would become, and may leave the file as it is.
TEST_F(SqliteConversion, IsJudgedBeforeItIsMigrated) {
  const std::string before = octets();
  std::optional<Digest> seen;
  const auto refused = open_judged([&](LogReader& log) -> Result<void> {
    EXPECT_EQ(log.log_size().value(), entries + 1);
    EXPECT_EQ(log.read_audit(entries, 10).value().at(0).event.event_type, "log.converted");
    EXPECT_EQ(log.read_audit(0, 0).error().code, ErrorCode::validation);
    EXPECT_EQ(log.read_log_tile(0, -1, 1).error().code, ErrorCode::validation);
    seen = log.read_log_tile(1, 0, 5).value().at(4);
    return make_error(ErrorCode::conflict, "not the one of before");
  });
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_TRUE(octets() == before);
  for (const char* beside : {"-wal", "-shm"}) EXPECT_FALSE(std::filesystem::exists(path_ + beside));

  int asked = 0;
  const auto accept = [&](LogReader&) {
    ++asked;
    return Result<void>();
  };
  {
    const auto store = open_judged(accept);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    EXPECT_EQ((*store)->read_log_tile(1, 0, 5).value().at(4), seen);
  }
  EXPECT_TRUE(open_judged(accept).has_value());
  EXPECT_EQ(asked, 1) << "there was nothing to migrate";
}

TEST_F(SqliteConversion, ABrokenChainIsRefusedAndNothingChanged) {
  for (const char* spoil :
       {"UPDATE audit SET subject = 'x' WHERE sequence = 1200",
        "UPDATE audit SET subject = '1200', previous = zeroblob(32) WHERE sequence = 1200",
        "DELETE FROM audit WHERE sequence = 1200"}) {
    execute(spoil);
    const auto store = open();
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().code, ErrorCode::validation);
    EXPECT_THAT(store.error().message, HasSubstr("audit entry 1200 does not hold in the chain"));
    SQLite::Database database(path_);
    EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 2);
    EXPECT_FALSE(database.tableExists("log_tiles"));
  }
}

}  // namespace
}  // namespace chancery::store::test
