#include "ca/ceremony/replay/bundle.h"

#include <filesystem>
#include <optional>
#include <system_error>

#include "ca/base/file.h"
#include "ca/base/unicode.h"
#include "ca/ceremony/run/rehearsal.h"

namespace chancery::ceremony {
namespace {

namespace fs = std::filesystem;

Result<void> take(Bundle& bundle, const fs::directory_entry& entry) {
  std::string name = entry.path().filename().string();
  if (const std::optional<TextFault> bad = find_text_fault(name))
    return make_error(ErrorCode::validation,
                      bundle.path + " holds a file whose name is not text, " +
                          with_text_faults_escaped(name) +
                          ": no ceremony wrote it, and the bundle is not looked at further");
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

std::map<std::string, std::string, std::less<>>::const_iterator Bundle::find(std::string_view name) const {
  const auto found = files.find(name);
  if (found != files.end() || !rehearsal) return found;
  return files.find(std::string(rehearsal_mark) + std::string(name));
}

std::string Bundle::pem(std::string_view name) const {
  std::string text(this->text(name));
  return rehearsal ? earnest_pem(std::move(text)) : text;
}

std::string Bundle::plain_name(const std::string& name) const {
  return rehearsal && name.starts_with(rehearsal_mark) ? name.substr(rehearsal_mark.size()) : name;
}

std::string_view Bundle::text(std::string_view name) const {
  const auto found = find(name);
  return found == files.end() ? std::string_view() : std::string_view(found->second);
}

Result<Bundle> read_bundle(const std::string& path) {
  Bundle bundle;
  bundle.path = path;
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return make_error(ErrorCode::not_found,
                      path + " is not a folder; name the bundle that a ceremony made: OUTPUT/bundle");
  }
  if (!fs::exists(path + "/" + std::string(script_file), error) &&
      fs::is_directory(path + "/bundle", error)) {
    return make_error(ErrorCode::not_found,
                      path + " is what a ceremony made as a whole; name its bundle: " + path + "/bundle");
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
  bundle.rehearsal = bundle.files.contains(std::string(rehearsal_mark) + std::string(script_file));
  return bundle;
}

}  // namespace chancery::ceremony
