// The few writes the agent makes, each durable or failed when it returns, behind a seam: installation must
// survive a failure of any of them, and tests make each one fail.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "ca/base/bytes.h"
#include "ca/base/result.h"

namespace chancery::agent {

struct Ownership {
  std::optional<uid_t> user;  // nullopt = leave as it is
  std::optional<gid_t> group;
};

// Errors of all: unavailable (disk full, no permission), with the path and what to do.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // One that exists is fine; its mode is then left alone. Parents are not made.
  virtual Result<void> make_directory(const std::string& path, mode_t mode) = 0;
  // A new file, written and fsynced; nobody but the owner can read it before its mode and owner are set.
  virtual Result<void> write_file(const std::string& path, ByteView content, mode_t mode,
                                  const Ownership& owner) = 0;
  virtual Result<void> make_symlink(const std::string& target, const std::string& path) = 0;
  // Replaces `to` in one step (rename(2)).
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> sync_directory(const std::string& path) = 0;
  // A file or a symlink, itself; an absent one is fine, a directory is an error.
  virtual Result<void> remove(const std::string& path) = 0;
  // agent/version_folder.h.
  virtual Result<void> remove_version(const std::string& directory, const std::string& name) = 0;
};

class PosixFileSystem final : public FileSystem {
 public:
  Result<void> make_directory(const std::string& path, mode_t mode) override;
  Result<void> write_file(const std::string& path, ByteView content, mode_t mode,
                          const Ownership& owner) override;
  Result<void> make_symlink(const std::string& target, const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<void> remove(const std::string& path) override;
  Result<void> remove_version(const std::string& directory, const std::string& name) override;
};

// A whole file replaced in one step: a temporary one beside it, then rename, then fsync of the folder.
Result<void> replace_file(FileSystem& files, const std::string& path, ByteView content, mode_t mode);

// "" stays as it is. Errors: validation (no such user or group).
Result<Ownership> find_ownership(const std::string& user, const std::string& group);

}  // namespace chancery::agent
