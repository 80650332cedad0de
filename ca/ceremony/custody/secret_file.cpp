#include "ca/ceremony/custody/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "ca/base/file_descriptor.h"

namespace chancery::ceremony {
namespace {

constexpr std::size_t block = 65536;  // octets at a time

Error cannot(const std::string& path) {
  return make_error(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
                    "cannot destroy " + path + ": " + std::strerror(errno));
}

bool overwrite(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return false;
  if (!S_ISREG(status.st_mode)) {
    errno = EINVAL;
    return false;
  }
  const std::array<char, block> zeros{};
  for (off_t at = 0; at < status.st_size;) {
    const auto rest = static_cast<std::size_t>(status.st_size - at);
    const ssize_t written = ::pwrite(fd, zeros.data(), std::min(rest, zeros.size()), at);
    if (written <= 0) return false;
    at += written;
  }
  return ::fsync(fd) == 0;
}

std::string folder_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace

std::string path_in(const std::string& folder, const std::string& path) {
  std::filesystem::path clean;
  // Not lexically_normal(): ".." after a symbolic link is another place.
  for (const std::filesystem::path& part : std::filesystem::path(folder) / path) {
    if (part != ".") clean /= part;
  }
  return clean.empty() ? "." : clean.string();
}

Result<void> check_private(const std::string& path) {
  constexpr mode_t others = 077;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return make_error(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
                      "cannot look at " + path + ": " + std::strerror(errno));
  if ((status.st_mode & others) == 0) return {};
  return make_error(ErrorCode::forbidden,
                    path +
                        " may be used by others; run chmod go= on it. If that changes nothing, its medium "
                        "keeps no modes (FAT): mount it for yourself alone, with mount -o umask=077 as "
                        "root, or -o umask=077,uid=USER for another user");
}

Result<void> check_destroyable(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0) return cannot(path);
  struct stat status {};
  const bool regular = ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
  if (!regular) return make_error(ErrorCode::unavailable, "cannot destroy " + path + ": not a regular file");
  if (::access(folder_of(path).c_str(), W_OK | X_OK) == 0) return {};
  return cannot(path);
}

Result<void> wipe_file(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  return file.get() >= 0 && overwrite(file.get()) ? Result<void>() : cannot(path);
}

Result<bool> is_wiped(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  const auto unreadable = [&path] {
    return make_error(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
                      "cannot read " + path + ": " + std::strerror(errno));
  };
  if (file.get() < 0) return unreadable();
  std::array<char, block> octets{};
  for (;;) {
    const ssize_t got = ::read(file.get(), octets.data(), octets.size());
    if (got < 0) return unreadable();
    if (got == 0) return true;
    if (std::any_of(octets.begin(), octets.begin() + got, [](char c) { return c != 0; })) return false;
  }
}

Result<void> destroy_file(const std::string& path) {
  const FileDescriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return cannot(path);
  return destroy_file_in(folder.get(), std::filesystem::path(path).filename().string(), path);
}

Result<void> destroy_file_in(int folder, const std::string& name, const std::string& path) {
  FileDescriptor file(::openat(folder, name.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0 || !overwrite(file.get())) return cannot(path);
  if (::unlinkat(folder, name.c_str(), 0) != 0 || ::fsync(folder) != 0) return cannot(path);
  return {};
}

}  // namespace chancery::ceremony
