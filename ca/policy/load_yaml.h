// Profiles from reviewed YAML files; the schema is docs/reference/policy.md.
#pragma once

#include <string>
#include <string_view>

#include "ca/policy/policy.h"

namespace chancery::policy {

// Errors: validation with every fault of the file.
Result<std::shared_ptr<const Profile>> parse_profile(std::string_view yaml, const std::string& file);

// One file of a directory, as it was read.
struct ProfileFile {
  std::string path, text;
};
// Every *.yaml directly in `directory`, by name. Errors: not_found, unavailable (not readable); validation
// for none, for more than 100, for one that is too large.
Result<std::vector<ProfileFile>> read_profile_files(const std::string& directory);
// Errors: validation with the faults of every file; two profiles of one name.
Result<ProfileSet> parse_profiles(const std::vector<ProfileFile>& files);
// Both.
Result<ProfileSet> load_profiles(const std::string& directory);

}  // namespace chancery::policy
