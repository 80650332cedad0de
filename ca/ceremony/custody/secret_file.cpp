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

}  // namespace

std::string path_in(const std::string& folder, const std::string& path) {
  std::filesystem::path clean;
  // Not lexically_normal(): ".." after a symbolic link is another place.
  for (const std::filesystem::path& part : std::filesystem::path(folder) / path) {
    if (part != ".") clean /= part;
  }
  return clean.empty() ? "." : clean.string();
}

Result<void> destroy_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return cannot(path);
  const bool overwritten = overwrite(fd);
  ::close(fd);
  if (!overwritten || ::unlink(path.c_str()) != 0) return cannot(path);
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return sync_directory(parent.empty() ? "." : parent);
}

}  // namespace chancery::ceremony
