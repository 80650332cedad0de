#include "api/server/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace chancery::server {

Result<InstanceLock> InstanceLock::acquire(const std::string& database) {
  constexpr mode_t owner_only = 0600;
  const std::string path = database + ".lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only);
  if (fd < 0) {
    return make_error(ErrorCode::unavailable,
                      "configuration key database: cannot create " + path + ": " +
                          std::system_category().message(errno) +
                          ". Create the directory and let the service's user write to it");
  }
  InstanceLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  return make_error(ErrorCode::conflict, "configuration key database: " + database +
                                             " is served by another chancery-ca; stop that one first");
}

InstanceLock::InstanceLock(InstanceLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

InstanceLock::~InstanceLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace chancery::server
