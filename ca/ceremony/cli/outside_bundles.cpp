#include "ca/ceremony/cli/outside_bundles.h"

#include <filesystem>

namespace chancery::ceremony {
namespace {

namespace fs = std::filesystem;

// The last part of a file's name is replaced or made, never followed. In a folder that does not exist nothing
// can be made.
bool lies_in(const std::string& file, const std::string& bundle) {
  std::error_code error;
  fs::path folder = fs::canonical(fs::absolute(file).parent_path(), error);
  while (!folder.empty()) {
    if (fs::equivalent(folder, bundle, error)) return true;
    if (folder == folder.root_path()) return false;
    folder = folder.parent_path();
  }
  return false;
}

Error refused(const std::string& file, const std::string& bundle) {
  return make_error(ErrorCode::validation, file + " would lie in the bundle " + bundle +
                                               ", which would no longer replay; name a place outside of it");
}

}  // namespace

Result<void> check_outside_bundles(const std::vector<std::string>& files,
                                   const std::vector<std::string>& bundles) {
  for (const std::string& file : files) {
    for (const std::string& bundle : bundles) {
      if (file.empty() || !lies_in(file, bundle)) continue;
      return refused(file, bundle);
    }
  }
  return {};
}

}  // namespace chancery::ceremony
