#include "ca/store/sqlite/database.h"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "ca/base/file.h"
#include "ca/store/migrations/migrations.h"
#include "ca/store/refusals.h"
#include "ca/store/sqlite/audit_table.h"
#include "ca/store/sqlite/failure.h"
#include "ca/store/sqlite/log_conversion.h"

namespace chancery::store {
namespace {

constexpr std::int64_t application_id = 0x43484e43;  // "CHNC"
constexpr std::size_t log_migration = 3;             // that needs more than SQL

// SQLite would create the file by the umask. Its -wal and -shm inherit this mode. Must not open an existing
// file: closing any descriptor of it would drop the locks that this process holds on it.
Result<void> create_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
    const std::filesystem::path directory = std::filesystem::path(path).parent_path();
    return sync_directory(directory.empty() ? "." : directory.string());
  }
  if (errno == EEXIST) return {};
  return make_error(ErrorCode::unavailable,
                    "cannot create the database " + path + ": " + std::strerror(errno) +
                        "; create its directory, writable for the service's user, or change the path");
}

std::int64_t number(SQLite::Database& database, const char* sql) {
  return database.execAndGet(sql).getInt64();
}

Result<void> check_ours(SQLite::Database& database, const std::string& path) {
  const std::int64_t version = number(database, "PRAGMA user_version");
  const auto known = static_cast<std::int64_t>(migrations().size());
  const bool ours = number(database, "PRAGMA application_id") == application_id;
  if (!ours && (version != 0 || number(database, "SELECT count(*) FROM sqlite_schema") != 0)) {
    return make_error(
        ErrorCode::unavailable,
        path + " is the database of another program; check the path, or choose one that does not exist yet");
  }
  if (version > known) {
    return make_error(ErrorCode::unavailable,
                      "the database " + path + " has schema " + std::to_string(version) +
                          ", but this program knows only " + std::to_string(known) +
                          "; install the newer program again, or restore the backup made before the upgrade");
  }
  return {};
}

Result<void> migrate_locked(SQLite::Database& database, const LogHashing& hashing,
                            const ConversionProgress& progress) {
  const std::int64_t version = number(database, "PRAGMA user_version");
  const auto all = migrations();
  for (std::size_t done = static_cast<std::size_t>(version); done < all.size(); ++done) {
    database.exec(all[done]);
    if (done + 1 == log_migration) {
      if (Result<void> converted = convert_log(database, hashing, progress); !converted) return converted;
    }
    database.exec("PRAGMA user_version = " + std::to_string(done + 1));
  }
  database.exec("PRAGMA application_id = " + std::to_string(application_id));
  return {};
}

// Of a connection that nobody else uses.
class ConnectionLog final : public LogReader {
 public:
  explicit ConnectionLog(const SQLite::Database& database) : audit_(database) {}
  Result<std::vector<AuditEntry>> read_audit(std::int64_t after, int limit) override {
    if (Result<void> checked = check_limit(limit, read_limit); !checked) return checked.error();
    return audit_.entries(after, limit);
  }
  Result<std::int64_t> log_size() override { return audit_.size(); }
  Result<std::vector<Digest>> read_log_tile(int level, std::int64_t number, int width) override {
    if (Result<void> checked = check_tile(level, number, width); !checked) return checked.error();
    return audit_.tiles.read(level, number, width);
  }

 private:
  AuditReader audit_;
};

Result<void> judge(const SQLite::Database& database, const SqliteOptions& options) {
  if (!options.before_migration) return {};
  ConnectionLog log(database);
  return options.before_migration(log);
}

// Checked again under the lock: another process may have been quicker.
Result<void> migrate(SQLite::Database& database, const SqliteOptions& options, const LogHashing& hashing) {
  if (Result<void> ours = check_ours(database, options.path); !ours) return ours;
  if (number(database, "PRAGMA user_version") == static_cast<std::int64_t>(migrations().size())) return {};
  database.exec("BEGIN IMMEDIATE");
  Result<void> done = check_ours(database, options.path);
  if (done) done = migrate_locked(database, hashing, options.conversion_progress);
  if (done) done = judge(database, options);
  database.exec(done ? "COMMIT" : "ROLLBACK");
  return done;
}

int milliseconds(Seconds duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

// Otherwise every allocation of every connection takes one lock, to keep statistics that nobody reads.
// Without effect once SQLite is in use.
void configure_library() {
  static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(once);
}

void configure(SQLite::Database& database, std::int64_t size_limit) {
  database.exec("PRAGMA foreign_keys = ON");
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA secure_delete = OFF");            // it holds no secrets: tokens are hashes
  database.exec("PRAGMA cache_size = -16384");            // KiB
  database.exec("PRAGMA wal_autocheckpoint = 4000");      // pages: 16 MB
  database.exec("PRAGMA journal_size_limit = 67108864");  // bytes: the log shrinks to this after a burst
  if (size_limit > 0) {
    const std::int64_t pages = std::max<std::int64_t>(1, size_limit / number(database, "PRAGMA page_size"));
    database.exec("PRAGMA max_page_count = " + std::to_string(pages));
  }
}

}  // namespace

Result<DatabaseHandle> open_for_writing(const SqliteOptions& options, const LogHashing& hashing) {
  configure_library();
  if (Result<void> created = create_private_file(options.path); !created) return created.error();
  try {
    auto database = std::make_unique<SQLite::Database>(
        options.path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX, milliseconds(options.busy_timeout));
    if (sqlite3_db_readonly(database->getHandle(), "main") == 1)
      throw SQLite::Exception("read-only", SQLITE_READONLY);
    if (Result<void> ours = check_ours(*database, options.path); !ours) return ours.error();
    if (database->execAndGet("PRAGMA journal_mode = WAL").getString() != "wal") {
      return make_error(ErrorCode::unavailable, "the file system of " + options.path +
                                                    " does not support write-ahead logging; use a local one");
    }
    configure(*database, options.size_limit);
    if (Result<void> migrated = migrate(*database, options, hashing); !migrated) return migrated.error();
    return database;
  } catch (const SQLite::Exception& exception) {
    return to_open_error(exception, options.path);
  }
}

DatabaseHandle open_for_reading(const SqliteOptions& options) {
  auto database = std::make_unique<SQLite::Database>(
      options.path, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, milliseconds(options.busy_timeout));
  database->exec("PRAGMA cache_size = -1024");  // KiB
  return database;
}

}  // namespace chancery::store
