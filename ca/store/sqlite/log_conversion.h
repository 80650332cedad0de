// From the chain of audit entries of a database of before migration 0003 to the Merkle tree.
#pragma once

#include <SQLiteCpp/Database.h>

#include "ca/store/sqlite/sqlite_store.h"

namespace chancery::store {

// Checks the chain, hashes every entry anew, stores the complete tiles, appends one entry that names the old
// chain's head, and drops what is left of the chain. Inside the migration's transaction. Errors: validation
// (the chain is broken: converting it would hide that), those of LogHashing::leaf. May throw
// SQLite::Exception.
Result<void> convert_log(SQLite::Database& database, const LogHashing& hashing,
                         const ConversionProgress& progress);

}  // namespace chancery::store
