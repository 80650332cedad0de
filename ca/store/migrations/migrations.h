// The database's schema, as numbered steps that are never edited once released: a change is a new step.
#pragma once

#include <span>

namespace chancery::store {

// Migration n (1, 2, ...) takes a database from PRAGMA user_version n-1 to n.
std::span<const char* const> migrations();

}  // namespace chancery::store
