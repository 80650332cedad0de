#include "ca/ceremony/run/output_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "ca/base/file.h"

namespace chancery::ceremony {

std::string path_in(const std::string& folder, const std::string& name) {
  return (std::filesystem::path(folder) / name).string();
}

Result<void> check_output_folder(const std::string& folder, const std::vector<std::string>& names) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return make_error(
          ErrorCode::not_found,
          "the output folder " + folder + " does not exist; create it first (mkdir -m 700 " + folder + ")");
    }
    return make_error(ErrorCode::unavailable, "cannot look into " + folder + ": " + std::strerror(errno));
  }
  if (!S_ISDIR(status.st_mode)) {
    return make_error(ErrorCode::unavailable, folder + " is not a folder; --output must name one");
  }
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return make_error(ErrorCode::unavailable, "cannot write to " + folder + ": " + std::strerror(errno));
  }
  for (const std::string& name : names) {
    const std::string path = path_in(folder, name);
    if (::lstat(path.c_str(), &status) == 0) {
      return make_error(ErrorCode::conflict,
                        path +
                            " exists already, and a ceremony never overwrites; choose an empty "
                            "folder or other names in the script");
    }
  }
  return {};
}

NewFiles::~NewFiles() {
  if (kept_) return;
  for (const std::string& path : paths_) ::unlink(path.c_str());
  if (!paths_.empty()) static_cast<void>(sync_directory(folder_));
}

Result<void> NewFiles::write(const std::string& name, ByteView content, mode_t mode) {
  const std::string path = path_in(folder_, name);
  if (Result<void> ok = write_new_file(path, content, mode); !ok) return ok;
  paths_.push_back(path);
  return {};
}

void NewFiles::keep() {
  kept_ = true;
}

}  // namespace chancery::ceremony
