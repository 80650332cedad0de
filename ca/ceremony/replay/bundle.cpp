#include "ca/ceremony/replay/bundle.h"

#include <filesystem>
#include <system_error>

#include "ca/base/file.h"

namespace chancery::ceremony {
namespace {

namespace fs = std::filesystem;

Result<void> take(Bundle& bundle, const fs::directory_entry& entry) {
  std::string name = entry.path().filename().string();
  std::error_code error;
  const fs::file_status status = entry.symlink_status(error);
  if (error || !fs::is_regular_file(status)) {
    bundle.strangers.push_back(std::move(name));
    return {};
  }
  Result<std::string> text = read_file(entry.path().string(), bundle_file_limit);
  if (!text) return std::move(text).error();
  bundle.files.emplace(std::move(name), std::move(*text));
  return {};
}

}  // namespace

std::string_view Bundle::text(std::string_view name) const {
  const auto found = files.find(name);
  return found == files.end() ? std::string_view() : std::string_view(found->second);
}

Result<Bundle> read_bundle(const std::string& path) {
  Bundle bundle{.path = path, .files = {}, .strangers = {}};
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return make_error(ErrorCode::not_found,
                      path + " is not a folder; name the bundle that a ceremony made: OUTPUT/bundle");
  }
  for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    if (bundle.files.size() + bundle.strangers.size() == bundle_files_limit) {
      return make_error(
          ErrorCode::payload_too_large,
          path + " holds more than " + std::to_string(bundle_files_limit) + " files; is it a bundle?");
    }
    if (Result<void> ok = take(bundle, *it); !ok) return std::move(ok).error();
  }
  if (error) return make_error(ErrorCode::unavailable, "cannot look into " + path + ": " + error.message());
  return bundle;
}

}  // namespace chancery::ceremony
