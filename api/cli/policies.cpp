#include "api/cli/policies.h"

#include <filesystem>

#include "ca/base/file.h"

namespace chancery::cli {
namespace {

constexpr std::size_t policy_file_limit = 262144;

}  // namespace

bool is_directory(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

Result<policy::ProfileSet> load_policies(const std::string& path) {
  if (is_directory(path)) return policy::load_profiles(path);
  Result<std::string> text = read_file(path, policy_file_limit);
  if (!text) return text.error();
  return policy::parse_profiles({{path, std::move(*text)}});
}

std::string names_of(const policy::ProfileSet& profiles) {
  std::string names;
  for (const auto& profile : profiles.all())
    names.append(names.empty() ? "" : ", ").append(profile->name.text());
  return names;
}

}  // namespace chancery::cli
