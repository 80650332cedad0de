#include "ca/policy/advice.h"

#include <algorithm>

namespace chancery::policy {
namespace {

std::string weakness(const Profile& makes_operators, const Profile& strictest) {
  const std::string needed = std::to_string(strictest.approvals.required);
  return makes_operators.location + ": profile " + makes_operators.name.text() + " grants operator with " +
         std::to_string(makes_operators.approvals.required) + " approvals, but profile " +
         strictest.name.text() + " needs " + needed + " (" + strictest.approvals.location +
         "): one operator can make another identity and approve with it; give " +
         makes_operators.name.text() + " approvals: {required: " + needed + "} as well";
}

}  // namespace

std::vector<std::string> weaknesses(const ProfileSet& profiles) {
  std::vector<std::string> found;
  const auto strictest = std::max_element(
      profiles.all().begin(), profiles.all().end(),
      [](const auto& a, const auto& b) { return a->approvals.required < b->approvals.required; });
  for (const auto& profile : profiles.all()) {
    if (profile->grants != Role::operator_) continue;
    if (profile->approvals.required < (*strictest)->approvals.required)
      found.push_back(weakness(*profile, **strictest));
  }
  return found;
}

}  // namespace chancery::policy
