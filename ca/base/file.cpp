#include "ca/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "ca/base/file_descriptor.h"

namespace chancery {
namespace {

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

Result<SecretBytes> read_secret(int fd, const struct stat& status, const std::string& path,
                                std::size_t limit) {
  if (S_ISREG(status.st_mode) && (status.st_mode & 077U) != 0) {
    return make_error(
        ErrorCode::forbidden,
        path +
            " holds a secret but group or others may use it; run chmod 600 on it, or, on a medium "
            "that keeps no modes (FAT), mount it with -o umask=077");
  }
  Result<std::string> text = read_all(fd, path, limit);
  if (!text) return text.error();
  if (text->ends_with('\n')) text->pop_back();
  SecretBytes secret = SecretBytes::copy_of(as_bytes(*text));
  explicit_bzero(text->data(), text->size());
  return secret;
}

Error not_regular(const std::string& path) {
  return make_error(ErrorCode::forbidden,
                    path + " is no regular file but a link or something else; name the file itself");
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

Result<void> check_new_file(const std::string& path) {
  struct stat status {};
  if (path.ends_with('/')) {
    errno = EISDIR;
    return system_error("create", path);
  }
  if (::lstat(path.c_str(), &status) == 0) errno = EEXIST;
  if (errno != ENOENT) return system_error("create", path);
  const std::string folder = directory_of(path);
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    return system_error("write into", folder);
  return {};
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
  return read_secret(file.get(), status, path, limit);
}

Result<SecretBytes> read_own_secret_file(const std::string& path, std::size_t limit) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 && errno != ELOOP) return system_error("open", path);
  if (file.get() < 0) return not_regular(path);
  if (::fstat(file.get(), &status) != 0) return system_error("inspect", path);
  if (!S_ISREG(status.st_mode)) return not_regular(path);
  if (status.st_uid != ::geteuid()) {
    return make_error(ErrorCode::forbidden, path +
                                                " belongs to another user, who could change it; make a file "
                                                "of your own");
  }
  return read_secret(file.get(), status, path, limit);
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

bool lies_within(const std::string& path, const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto real = [&error](const fs::path& of) {
    return fs::weakly_canonical(fs::absolute(of, error), error);
  };
  const fs::path given = fs::absolute(path, error), last = given.filename(), outer = real(folder);
  const bool named = !last.empty() && last != "." && last != "..";
  for (fs::path at = named ? real(given.parent_path()) / last : real(given); !at.empty();
       at = at.parent_path()) {
    if (at == outer || fs::equivalent(at, folder, error)) return true;
    if (at == at.root_path()) break;
  }
  return false;
}

Result<void> check_new_files(std::initializer_list<std::string> paths) {
  std::set<std::string> seen;
  for (const std::string& path : paths) {
    if (path.empty()) continue;
    if (Result<void> ok = check_new_file(path); !ok) return ok;
    if (!seen.insert(path).second) {
      return make_error(ErrorCode::conflict, path + " is named for two files; name each its own");
    }
  }
  return {};
}

Result<void> sync_directory(const std::string& path) {
  const FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0) return system_error("open", path);
  if (::fsync(directory.get()) != 0) return system_error("sync", path);
  return {};
}

}  // namespace chancery
