#pragma once

#include <sys/types.h>

#include <string>

#include "ca/base/bytes.h"
#include "ca/base/result.h"

namespace chancery {

// The whole file or the one before it, whatever happens: written and synced beside `path`, then renamed over
// it; a half that a kill has left is replaced. One caller at a time for each path. Errors: as write_new_file;
// unavailable (cannot be renamed).
Result<void> replace_file(const std::string& path, ByteView content, mode_t mode);

}  // namespace chancery
