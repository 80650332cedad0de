// Profiles from reviewed YAML files; the schema is docs/reference/policy.md.
#pragma once

#include <string>
#include <string_view>

#include "ca/policy/policy.h"

namespace chancery::policy {

// Errors: validation with every fault of the file.
Result<std::shared_ptr<const Profile>> parse_profile(std::string_view yaml, const std::string& file);
// Every *.yaml directly in `directory`, by name. Errors: those of each file; two profiles of one name; none
// at all.
Result<ProfileSet> load_profiles(const std::string& directory);

}  // namespace chancery::policy
