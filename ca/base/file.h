// Whole files, read and written with care.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <initializer_list>
#include <string>

#include "ca/base/bytes.h"
#include "ca/base/result.h"

namespace chancery {

// The whole file. Errors: not_found (no such file), payload_too_large (more than `limit` bytes), unavailable
// (other). Messages name the path and what to do.
Result<std::string> read_file(const std::string& path, std::size_t limit);

// For passphrases and keys: as read_file, refuses a file that group or others may read or write (forbidden),
// and strips one trailing newline.
Result<SecretBytes> read_secret_file(const std::string& path, std::size_t limit = 65536);

// The same, of a regular file that the user of this program owns, and no symbolic link (forbidden): nobody
// else chooses what is read. All of it is asked of the open file.
Result<SecretBytes> read_own_secret_file(const std::string& path, std::size_t limit = 65536);

// Creates `path` with O_EXCL, writes, fsyncs file and directory. Errors: conflict (exists), unavailable (disk
// full, no permission). Nothing is left behind on error.
Result<void> write_new_file(const std::string& path, ByteView content, mode_t mode);

// Whether write_new_file could make each of `paths` now, before something is done that cannot be undone for
// want of a file; "" is none. Promises nothing of later. Errors: conflict (exists; two are the same path),
// not_found (no such folder), unavailable (no permission).
Result<void> check_new_files(std::initializer_list<std::string> paths);

// Whether `path` is `folder` or lies somewhere in it, whatever symbolic links and mounts lead there; neither
// needs to exist. The last part of `path` is not followed: it is what would be made or removed.
bool lies_within(const std::string& path, const std::string& folder);

// fsync of a directory, so that names created or renamed in it survive a power cut.
Result<void> sync_directory(const std::string& path);

}  // namespace chancery
