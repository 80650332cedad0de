#include "ca/policy/policy.h"

#include <algorithm>

namespace chancery::policy {

std::string_view role_name(Role role) {
  switch (role) {
    case Role::none:
      return "none";
    case Role::operator_:
      return "operator";
  }
  return "none";
}

std::optional<Role> parse_role(std::string_view text) {
  for (const Role role : {Role::none, Role::operator_}) {
    if (text == role_name(role)) return role;
  }
  return std::nullopt;
}

ProfileSet::ProfileSet(std::vector<std::shared_ptr<const Profile>> profiles)
    : profiles_(std::move(profiles)) {
  std::sort(profiles_.begin(), profiles_.end(),
            [](const auto& a, const auto& b) { return a->name < b->name; });
}

std::shared_ptr<const Profile> ProfileSet::find(const ProfileName& name) const {
  const auto found = std::find_if(profiles_.begin(), profiles_.end(),
                                  [&](const auto& profile) { return profile->name == name; });
  return found == profiles_.end() ? nullptr : *found;
}

}  // namespace chancery::policy
