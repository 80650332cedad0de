#include "agent/file_system.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "agent/version_folder.h"
#include "ca/base/file.h"

namespace chancery::agent {
namespace {

Error failed(const std::string& action, const std::string& path, int number) {
  std::string advice;
  if (number == ENOSPC || number == EDQUOT) advice = "; make room on the disk";
  if (number == EACCES || number == EPERM || number == EROFS) advice = "; let the agent's user write there";
  if (number == EISDIR) advice = "; a folder stands where the agent keeps a file, remove it";
  if (number == ENOENT) advice = "; make its parent folder first";
  return make_error(ErrorCode::unavailable,
                    "cannot " + action + " " + path + ": " + std::strerror(number) + advice);
}

}  // namespace

Result<void> PosixFileSystem::make_directory(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) return {};
  const int number = errno;
  struct stat status {};
  if (number == EEXIST && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return failed("make folder", path, number);
}

Result<void> PosixFileSystem::write_file(const std::string& path, ByteView content, mode_t mode,
                                         const Ownership& owner) {
  if (Result<void> written = write_new_file(path, content, 0600); !written) return written;
  if (owner.user || owner.group) {
    const uid_t user = owner.user.value_or(static_cast<uid_t>(-1));
    const gid_t group = owner.group.value_or(static_cast<gid_t>(-1));
    if (::lchown(path.c_str(), user, group) != 0) return failed("change the owner of", path, errno);
  }
  if (::chmod(path.c_str(), mode) != 0) return failed("change the mode of", path, errno);
  return {};
}

Result<void> PosixFileSystem::make_symlink(const std::string& target, const std::string& path) {
  if (::symlink(target.c_str(), path.c_str()) != 0) return failed("make symlink", path, errno);
  return {};
}

Result<void> PosixFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename " + from + " to", to, errno);
  return {};
}

Result<void> PosixFileSystem::sync_directory(const std::string& path) {
  return chancery::sync_directory(path);
}

Result<void> PosixFileSystem::remove(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR) return {};
  return failed("remove", path, errno);
}

Result<void> PosixFileSystem::remove_version(const std::string& directory, const std::string& name) {
  return agent::remove_version(directory, name);
}

Result<void> replace_file(FileSystem& files, const std::string& path, ByteView content, mode_t mode) {
  const std::string fresh = path + ".new";
  if (Result<void> done = files.remove(fresh); !done) return done;
  if (Result<void> done = files.write_file(fresh, content, mode, {}); !done) return done;
  if (Result<void> done = files.rename(fresh, path); !done) return done;
  return files.sync_directory(std::filesystem::path(path).parent_path().string());
}

Result<Ownership> find_ownership(const std::string& user, const std::string& group) {
  Ownership owner;
  std::array<char, 16384> buffer{};
  if (!user.empty()) {
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
      return make_error(ErrorCode::validation,
                        "there is no user '" + user + "' on this machine; correct owner");
    }
    owner.user = entry.pw_uid;
  }
  if (!group.empty()) {
    ::group entry{};
    ::group* found = nullptr;
    if (::getgrnam_r(group.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
      return make_error(ErrorCode::validation,
                        "there is no group '" + group + "' on this machine; correct group");
    }
    owner.group = entry.gr_gid;
  }
  return owner;
}

}  // namespace chancery::agent
