// SQLite only: a machine that fails us. Each failure says what to do, and nothing is changed.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "ca/audit/entry.h"
#include "ca/store/sqlite/sqlite_store.h"
#include "tests/contract/child_process.h"
#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SqliteFailure : public testing::Test {
 protected:
  Result<std::unique_ptr<Store>> open() { return open_sqlite_store({.path = path_}, audit::log_hashing()); }
  std::string refusal() {
    const auto opened = open();
    if (opened) return "opened";
    EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
    return opened.error().message;
  }
  void execute(const std::string& sql) {
    SQLite::Database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.file("chancery.db");
};

Result<void> begin(Store& store, int number) {
  return store.begin_issuance(make_intent(number), event("issuance.intent", serial_of(number)));
}

TEST_F(SqliteFailure, ANewerSchemaIsRefused) {
  open_sqlite(path_).reset();
  execute("PRAGMA user_version = 99");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("schema 99"), HasSubstr("newer program"), HasSubstr(path_)));
}

TEST_F(SqliteFailure, AnotherProgramsDatabaseIsRefusedAndLeftAlone) {
  execute("CREATE TABLE theirs (x)");
  EXPECT_THAT(refusal(), HasSubstr("another program"));
  SQLite::Database database(path_);
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt(), 1);
}

TEST_F(SqliteFailure, WhatIsNotADatabaseIsRefusedAndLeftAlone) {
  const std::string text(5000, 'x');
  std::ofstream(path_) << text;
  EXPECT_THAT(refusal(), AllOf(HasSubstr("not a Chancery database"), HasSubstr(path_)));
  std::ifstream file(path_);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text);
}

TEST_F(SqliteFailure, ADamagedDatabaseSaysRestore) {
  const auto table_and_index_pages = [&] {
    const SQLite::Database database(path_);
    SQLite::Statement query(database, "SELECT rootpage FROM sqlite_schema WHERE rootpage > 1");
    std::vector<std::int64_t> pages;
    while (query.executeStep()) pages.push_back(query.getColumn(0).getInt64());
    return pages;
  };
  open_sqlite(path_).reset();
  const std::vector<std::int64_t> pages = table_and_index_pages();
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  for (const std::int64_t page : pages) {
    file.seekp((page - 1) * 4096);
    file << std::string(4096, '\xff');
  }
  file.close();

  auto opened = open();  // the schema's own pages are whole
  ASSERT_TRUE(opened.has_value());
  const Result<void> begun = begin(**opened, 1);
  ASSERT_FALSE(begun.has_value());
  EXPECT_EQ(begun.error().code, ErrorCode::unavailable);
  EXPECT_THAT(begun.error().message, HasSubstr("restore the last backup"));
  EXPECT_CODE((*opened)->find_status(serial_of(1)), unavailable);
}

TEST_F(SqliteFailure, AMissingDirectorySaysCreateIt) {
  path_ = directory_.file("missing/chancery.db");
  EXPECT_THAT(refusal(), AllOf(HasSubstr(path_), HasSubstr("create its directory")));
}

TEST_F(SqliteFailure, ADirectoryInItsPlaceIsRefused) {
  path_ = directory_.path();
  EXPECT_THAT(refusal(), HasSubstr("cannot be opened"));
}

TEST_F(SqliteFailure, AReadOnlyFileSaysGivePermission) {
  open_sqlite(path_).reset();
  ASSERT_EQ(::chmod(path_.c_str(), 0444), 0);
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0555), 0);
  const ChildProcess child([&](const ChildProcess::Line& parent) {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) parent.say("cannot drop rights");
    parent.say(refusal());
  });
  const std::string said = child.line().hear();
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
  EXPECT_THAT(said, AllOf(HasSubstr("read-only"), HasSubstr("write permission")));
}

TEST_F(SqliteFailure, AFullDatabaseChangesNothingAndTakesUpAgain) {
  open_sqlite(path_).reset();
  const std::int64_t limit = static_cast<std::int64_t>(std::filesystem::file_size(path_)) + 8 * 4096;
  std::vector<std::string> refused;
  int accepted = 0;
  {
    auto store =
        open_sqlite_store({.path = path_, .size_limit = limit}, audit::log_hashing()).value_or(nullptr);
    ASSERT_NE(store, nullptr);
    for (int number = 0; refused.size() < 3 && number < 10000; ++number) {
      const Result<void> begun = begin(*store, number);
      if (begun) {
        ++accepted;
        continue;
      }
      EXPECT_EQ(begun.error().code, ErrorCode::unavailable);
      EXPECT_THAT(begun.error().message, AllOf(HasSubstr("free space"), HasSubstr("nothing was changed")));
      refused.push_back(serial_of(number));
    }
    EXPECT_GT(accepted, 0);
    EXPECT_EQ(refused.size(), 3U);
    EXPECT_EQ(store->open_intents().value().size(), static_cast<std::size_t>(accepted));
  }
  const auto store = open_sqlite(path_);
  for (const std::string& serial : refused) EXPECT_FALSE(store->find_status(serial).value().has_value());
  expect_whole_log(*store, accepted);
  EXPECT_OK(begin(*store, 20000));
}

TEST_F(SqliteFailure, ALockedDatabaseSaysWhoToLookFor) {
  ChildProcess child([&](const ChildProcess::Line& parent) {
    static_cast<void>(parent.hear());
    SQLite::Database database(path_, SQLite::OPEN_READWRITE);
    database.exec("BEGIN EXCLUSIVE");
    parent.say("locked");
    static_cast<void>(parent.hear());
  });
  auto opened = open_sqlite_store({.path = path_, .busy_timeout = Seconds(0)}, audit::log_hashing());
  ASSERT_TRUE(opened.has_value());
  Store& store = **opened;
  EXPECT_OK(begin(store, 1));
  child.line().say("lock");
  ASSERT_EQ(child.line().hear(), "locked");

  const Result<void> begun = begin(store, 2);
  ASSERT_FALSE(begun.has_value());
  EXPECT_EQ(begun.error().code, ErrorCode::unavailable);
  EXPECT_THAT(begun.error().message, AllOf(HasSubstr("locked by another process"), HasSubstr("fuser")));
  EXPECT_CODE(store.check_writable(), unavailable);
  EXPECT_TRUE(store.find_status(serial_of(1)).value().has_value());  // reading goes on
  EXPECT_FALSE(store.find_status(serial_of(2)).value().has_value());

  child.kill();
  EXPECT_OK(begin(store, 2));
  expect_whole_log(store, 2);
}

TEST_F(SqliteFailure, OneFaultyJobDoesNotTakeTheOthersWithIt) {
  LogHashing hashing = audit::log_hashing();
  hashing.leaf = [](std::int64_t sequence, const AuditDraft& draft) {
    if (draft.event_type == "poison") throw std::runtime_error("a fault of ours");
    return audit::entry_hash(sequence, draft);
  };
  auto opened = open_sqlite_store({.path = path_}, hashing);
  ASSERT_TRUE(opened.has_value());
  Store& store = **opened;
  {
    std::vector<std::jthread> threads;
    for (int number = 0; number < 32; ++number) {
      threads.emplace_back([&store, number] {
        if (number % 4 == 0) {
          EXPECT_CODE(store.append_audit(event("poison", "")), internal);
        } else {
          EXPECT_OK(begin(store, number));
        }
      });
    }
  }
  EXPECT_EQ(store.open_intents().value().size(), 24U);
  expect_whole_log(store, 24);
}

}  // namespace
}  // namespace chancery::store::test
