#include "ca/ceremony/custody/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "ca/base/file.h"

namespace chancery::ceremony {
namespace {

Error cannot(const std::string& path) {
  return make_error(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
                    "cannot destroy " + path + ": " + std::strerror(errno));
}

bool overwrite(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return false;
  const std::vector<char> zeros(static_cast<std::size_t>(status.st_size));
  return ::pwrite(fd, zeros.data(), zeros.size(), 0) == static_cast<ssize_t>(zeros.size()) &&
         ::fsync(fd) == 0;
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
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return cannot(path);
  struct stat status {};
  const bool regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  ::close(fd);
  if (!regular) return make_error(ErrorCode::unavailable, "cannot destroy " + path + ": not a regular file");
  if (::access(folder_of(path).c_str(), W_OK | X_OK) == 0) return {};
  return cannot(path);
}

Result<void> destroy_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return cannot(path);
  const bool overwritten = overwrite(fd);
  ::close(fd);
  if (!overwritten || ::unlink(path.c_str()) != 0) return cannot(path);
  return sync_directory(folder_of(path));
}

}  // namespace chancery::ceremony
