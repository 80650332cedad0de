// Opening: the file, its mode, its settings and its schema.
#pragma once

#include <SQLiteCpp/Database.h>

#include <memory>

#include "ca/base/result.h"
#include "ca/store/sqlite/sqlite_store.h"

namespace chancery::store {

using DatabaseHandle = std::unique_ptr<SQLite::Database>;

// Creates the file (mode 0600) where there is none, and migrates it. Errors as open_sqlite_store.
Result<DatabaseHandle> open_for_writing(const SqliteOptions& options, const LogHashing& hashing);
// After open_for_writing. May throw SQLite::Exception.
DatabaseHandle open_for_reading(const SqliteOptions& options);

}  // namespace chancery::store
