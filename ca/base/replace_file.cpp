#include "ca/base/replace_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "ca/base/file.h"

namespace chancery {

Result<void> replace_file(const std::string& path, ByteView content, mode_t mode) {
  // Of no other process that lives: what has this name was left by a kill, under the same number in another
  // container or another boot.
  const std::string half = path + "." + std::to_string(::getpid()) + ".tmp";
  if (::unlink(half.c_str()) != 0 && errno != ENOENT) {
    return make_error(ErrorCode::unavailable, "cannot remove " + half + ", which a replacement of " + path +
                                                  " has left: " + std::strerror(errno));
  }
  if (Result<void> ok = write_new_file(half, content, mode); !ok) return ok;
  std::error_code error;
  std::filesystem::rename(half, path, error);
  if (error) {
    std::error_code ignored;
    std::filesystem::remove(half, ignored);
    return make_error(ErrorCode::unavailable, "cannot replace " + path + ": " + error.message());
  }
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return sync_directory(folder.empty() ? "." : folder);
}

}  // namespace chancery
