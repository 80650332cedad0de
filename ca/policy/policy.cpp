#include "ca/policy/policy.h"

#include <algorithm>

namespace chancery::policy {

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
