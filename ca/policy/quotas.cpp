#include "ca/policy/quotas.h"

#include <algorithm>

namespace chancery::policy {

std::vector<AppliedQuota> quotas_of(const Profile& profile, const Identity& identity,
                                    const std::vector<x509::GeneralName>& names) {
  std::vector<AppliedQuota> quotas;
  if (profile.per_identity) {
    quotas.push_back({"identity:" + profile.name.text() + ":" + identity.text(), "quota.per_identity",
                      identity.text(), *profile.per_identity});
  }
  if (!profile.per_name) return quotas;
  for (const x509::GeneralName& name : names) {
    const std::string text = x509::to_string(name);
    const auto known = std::find_if(quotas.begin(), quotas.end(), [&](const AppliedQuota& quota) {
      return quota.rule == "quota.per_name" && quota.value == text;
    });
    if (known != quotas.end()) continue;
    quotas.push_back({"name:" + profile.name.text() + ":" + text, "quota.per_name", text, *profile.per_name});
  }
  return quotas;
}

Reason judge(const AppliedQuota& quota, const QuotaUse& use) {
  const bool passed = use.used < quota.quota.count;
  std::string message = std::to_string(use.used) + " of " + std::to_string(quota.quota.count) +
                        " certificates in " + to_string(quota.quota.window) + " are used";
  if (!passed && use.free_at) message += "; the next may be asked for at " + to_rfc3339(*use.free_at);
  if (!passed && !use.free_at) message += " or held by requests that wait for approval";
  return {passed, false, quota.rule, quota.quota.location, quota.value, std::move(message)};
}

}  // namespace chancery::policy
