#include "ca/ceremony/cli/outside_bundles.h"

#include "ca/base/file.h"

namespace chancery::ceremony {
namespace {

Error refused(const std::string& file, const std::string& bundle) {
  return make_error(ErrorCode::validation, file + " would lie in the bundle " + bundle +
                                               ", which would no longer replay; name a place outside of it");
}

}  // namespace

Result<void> check_outside_bundles(const std::vector<std::string>& files,
                                   const std::vector<std::string>& bundles) {
  for (const std::string& file : files) {
    for (const std::string& bundle : bundles) {
      if (file.empty() || !lies_within(file, bundle)) continue;
      return refused(file, bundle);
    }
  }
  return {};
}

}  // namespace chancery::ceremony
