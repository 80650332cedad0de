// SQLite: WAL, synchronous=FULL, one writer thread with natural group commit, a small pool of reading
// connections.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "ca/store/store.h"

namespace chancery::store {

// Told now and then while an older database is converted: `done` of `total` audit entries.
using ConversionProgress = std::function<void(std::int64_t done, std::int64_t total)>;

struct SqliteOptions {
  std::string path;
  int readers = 4;  // reading connections, 1..64
  // How long a write waits for another process's lock before it fails with unavailable.
  Seconds busy_timeout{5};
  // Bytes; a write that would need more fails with unavailable; 0 = only the disk's limit.
  std::int64_t size_limit = 0;
  ConversionProgress conversion_progress = {};  // may be empty
  // Asked, when the schema is to change, of the log as it will be, before anything of the change is
  // committed: an error is the answer of opening, and the file stays what it was. May be empty.
  std::function<Result<void>(LogReader& log)> before_migration = {};
};

// Opens or creates the database (mode 0600) and migrates it. Errors: unavailable (cannot open, read-only, not
// a database, a schema newer than this program), with what to do; validation (the audit chain of a database
// of before the Merkle log is broken: nothing was changed); those of before_migration. The writer thread
// ("store-writer") ends in the destructor, after what it has accepted.
Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteOptions& options, LogHashing hashing);

}  // namespace chancery::store
