#include "ca/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace chancery {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  FileDescriptor(FileDescriptor&&) = delete;
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  int close() {
    const int fd = std::exchange(fd_, -1);
    return fd >= 0 ? ::close(fd) : 0;
  }

 private:
  int fd_;
};

Error system_error(const std::string& action, const std::string& path) {
  const int number = errno;
  const std::string reason = std::strerror(number);
  if (number == ENOENT) {
    return make_error(ErrorCode::not_found, path + " does not exist; check the path where it is configured");
  }
  if (number == EEXIST) {
    return make_error(ErrorCode::conflict,
                      path + " exists already and is never overwritten; move it away first");
  }
  return make_error(ErrorCode::unavailable, "cannot " + action + " " + path + ": " + reason);
}

Result<std::string> read_all(int fd, const std::string& path, std::size_t limit) {
  std::string content;
  std::string buffer(16384, '\0');
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read", path);
    if (got == 0) break;
    content.append(buffer, 0, static_cast<std::size_t>(got));
    if (content.size() > limit) {
      return make_error(ErrorCode::payload_too_large,
                        path + " is larger than the limit of " + std::to_string(limit) + " bytes");
    }
  }
  explicit_bzero(buffer.data(), buffer.size());
  return content;
}

Result<void> write_all(int fd, const std::string& path, ByteView content) {
  while (!content.empty()) {
    const ssize_t put = ::write(fd, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return system_error("write", path);
    content = content.subspan(static_cast<std::size_t>(put));
  }
  if (::fsync(fd) != 0) return system_error("sync", path);
  return {};
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return system_error("open", path);
  return read_all(file.get(), path, limit);
}

Result<SecretBytes> read_secret_file(const std::string& path, std::size_t limit) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return system_error("open", path);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_error("inspect", path);
  if (S_ISREG(status.st_mode) && (status.st_mode & 077U) != 0) {
    return make_error(
        ErrorCode::forbidden,
        path +
            " holds a secret but group or others may use it; run chmod 600 on it, or, on a medium "
            "that keeps no modes (FAT), mount it with -o umask=077");
  }
  Result<std::string> text = read_all(file.get(), path, limit);
  if (!text) return text.error();
  if (text->ends_with('\n')) text->pop_back();
  SecretBytes secret = SecretBytes::copy_of(as_bytes(*text));
  explicit_bzero(text->data(), text->size());
  return secret;
}

Result<void> write_new_file(const std::string& path, ByteView content, mode_t mode) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (file.get() < 0) return system_error("create", path);
  Result<void> written = write_all(file.get(), path, content);
  if (written && ::fchmod(file.get(), mode) != 0) written = system_error("set the mode of", path);
  if (written && file.close() != 0) written = system_error("close", path);
  if (written) written = sync_directory(directory_of(path));
  if (!written) ::unlink(path.c_str());
  return written;
}

Result<void> sync_directory(const std::string& path) {
  const FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0) return system_error("open", path);
  if (::fsync(directory.get()) != 0) return system_error("sync", path);
  return {};
}

}  // namespace chancery
