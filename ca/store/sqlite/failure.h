// What SQLite's failures mean to a caller.
#pragma once

#include <SQLiteCpp/Exception.h>

#include <string>

#include "ca/base/error.h"

namespace chancery::store {

// unavailable with advice for what the machine can do to us (full, read-only, locked, corrupt, unreadable),
// else internal.
Error to_error(const SQLite::Exception& exception);

// The same for whoever starts the program: names the file.
Error to_open_error(const SQLite::Exception& exception, const std::string& path);

}  // namespace chancery::store
