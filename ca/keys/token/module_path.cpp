#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "ca/keys/token/module.h"

namespace chancery::keys {
namespace {

Result<void> check_hands_off(const std::string& path, const struct stat& status) {
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    return make_error(ErrorCode::forbidden,
                      path + " belongs to user " + std::to_string(status.st_uid) +
                          ", who could have any code run here; root or this user must own it");
  }
  const bool sticky_folder = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !sticky_folder) {
    return make_error(ErrorCode::forbidden,
                      path + " may be written by its group or by others; run chmod go-w on it");
  }
  return {};
}

std::string folder_above(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<struct stat> inspect(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return status;
  return make_error(ErrorCode::unavailable, "cannot inspect " + path + ": " + std::strerror(errno));
}

}  // namespace

Result<std::string> check_module_path(const std::string& path) {
  if (path.empty() || path.front() != '/' || path.size() >= PATH_MAX ||
      path.find('\0') != std::string::npos) {
    return make_error(ErrorCode::validation,
                      "a PKCS#11 module is named by its absolute path, such as "
                      "/usr/lib/softhsm/libsofthsm2.so; this is \"" +
                          path.substr(0, 200) + "\"");
  }
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (!real) {
    return make_error(ErrorCode::not_found, "the PKCS#11 module " + path + " cannot be found (" +
                                                std::strerror(errno) +
                                                "); install its package or mend the path");
  }
  const std::string resolved = real.get();
  for (std::string at = resolved;; at = folder_above(at)) {
    const Result<struct stat> status = inspect(at);
    if (!status) return status.error();
    if (at == resolved && !S_ISREG(status->st_mode)) {
      return make_error(ErrorCode::validation, path + " is not a regular file");
    }
    if (Result<void> safe = check_hands_off(at, *status); !safe) return std::move(safe).error();
    if (at == "/") return resolved;
  }
}

}  // namespace chancery::keys
