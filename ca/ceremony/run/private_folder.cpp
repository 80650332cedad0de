#include "ca/ceremony/run/private_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "ca/ceremony/custody/secret_file.h"

namespace chancery::ceremony {
namespace {

constexpr mode_t private_mode = 0700;

Error cannot(const std::string& action, const std::string& path) {
  return make_error(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
                    "cannot " + action + " " + path + ": " + std::strerror(errno));
}

Result<void> done(int result, const std::string& action, const std::string& path) {
  if (result == 0) return {};
  return cannot(action, path);
}

Error not_ours(const std::string& path, const std::string& what) {
  return make_error(ErrorCode::forbidden, path + " " + what);
}

Result<void> check_folder(const struct stat& status, const std::string& path, PrivateFolder::Deny deny) {
  if (status.st_uid != ::geteuid())
    return not_ours(
        path,
        "belongs to another user, who can put anything there; choose another folder. A medium that "
        "keeps no owners (FAT) is mounted for yourself, with mount -o umask=077,uid=" +
            std::to_string(::geteuid()));
  if ((status.st_mode & static_cast<mode_t>(deny)) == 0) return {};
  return not_ours(path,
                  "may be used by others; see what lies there, and run chmod go= on it. If that changes "
                  "nothing, its medium keeps no modes (FAT): mount it for yourself alone, with "
                  "mount -o umask=077");
}

}  // namespace

Result<PrivateFolder> PrivateFolder::open_at(int where, const std::string& name, const std::string& path,
                                             Deny deny) {
  FileDescriptor folder(
      ::openat(where, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (folder.get() < 0 && (errno == ENOTDIR || errno == ELOOP))
    return not_ours(path,
                    "is a symbolic link or a file where a folder of this ceremony must be; take it away");
  if (folder.get() < 0) return cannot("open", path);
  struct stat status {};
  if (::fstat(folder.get(), &status) != 0) return cannot("look at", path);
  if (Result<void> ok = check_folder(status, path, deny); !ok) return std::move(ok).error();
  return PrivateFolder(std::move(folder), path);
}

Result<PrivateFolder> PrivateFolder::make_at(int where, const std::string& name, const std::string& path,
                                             Deny deny) {
  if (::mkdirat(where, name.c_str(), private_mode) != 0) {
    if (errno == EEXIST) return make_error(ErrorCode::conflict, path + " is there already");
    return cannot("create", path);
  }
  Result<PrivateFolder> made = open_at(where, name, path, deny);
  if (!made) ::unlinkat(where, name.c_str(), AT_REMOVEDIR);
  return made;
}

Result<PrivateFolder> PrivateFolder::make(const std::string& path) {
  return make_at(AT_FDCWD, path, path, Deny::writing);
}

Result<PrivateFolder> PrivateFolder::open(const std::string& path) {
  return open_at(AT_FDCWD, path, path, Deny::writing);
}

Result<PrivateFolder> PrivateFolder::make_in(const std::string& name, Deny deny) const {
  return make_at(folder_.get(), name, path_of(name), deny);
}

Result<PrivateFolder> PrivateFolder::open_in(const std::string& name, Deny deny) const {
  return open_at(folder_.get(), name, path_of(name), deny);
}

Result<void> PrivateFolder::lock() const {
  if (::flock(folder_.get(), LOCK_EX | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return cannot("lock", path_);
  return make_error(ErrorCode::conflict,
                    "another chancery-root is holding its ceremony in " + path_ + "; let it end, or end it");
}

bool PrivateFolder::is_at_its_path() const {
  struct stat here {
  }, there{};
  return ::fstat(folder_.get(), &here) == 0 && ::lstat(path_.c_str(), &there) == 0 &&
         here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

Result<std::vector<std::string>> PrivateFolder::names() const {
  const int copy = ::openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!listing) return cannot("look into", path_);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) return cannot("look into", path_);
  std::sort(names.begin(), names.end());
  return names;
}

bool PrivateFolder::has(const std::string& name) const {
  struct stat status {};
  return ::fstatat(folder_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<void> PrivateFolder::check_file(const std::string& name) const {
  struct stat status {};
  if (::fstatat(folder_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return cannot("look at", path_of(name));
  if (!S_ISREG(status.st_mode))
    return not_ours(path_of(name), "is no regular file, and no ceremony made it; take it away");
  if (status.st_uid != ::geteuid())
    return not_ours(path_of(name),
                    "belongs to another user, and this ceremony did not make it; take it away");
  if (status.st_nlink == 1) return {};
  return not_ours(path_of(name),
                  "has another name elsewhere (a hard link), which no ceremony gave it; see "
                  "what it is, and take it away");
}

Result<void> PrivateFolder::remove_file(const std::string& name) const {
  return done(::unlinkat(folder_.get(), name.c_str(), 0), "remove", path_of(name));
}

Result<void> PrivateFolder::remove_folder(const std::string& name) const {
  return done(::unlinkat(folder_.get(), name.c_str(), AT_REMOVEDIR), "remove", path_of(name));
}

Result<void> PrivateFolder::destroy_file(const std::string& name) const {
  return destroy_file_in(folder_.get(), name, path_of(name));
}

Result<void> PrivateFolder::rename_file(const std::string& from, const std::string& to) const {
  Result<void> renamed =
      done(::renameat(folder_.get(), from.c_str(), folder_.get(), to.c_str()), "rename", path_of(from));
  return renamed ? sync() : renamed;
}

Result<void> PrivateFolder::sync() const {
  return done(::fsync(folder_.get()), "sync", path_);
}

}  // namespace chancery::ceremony
