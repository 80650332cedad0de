// What a certificate counts against. Who counts is the store, in the commit that begins the issuance.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ca/policy/evaluate.h"
#include "ca/policy/policy.h"

namespace chancery::policy {

// No profile counts what is older, so a use of a quota that is may be forgotten.
inline constexpr Seconds longest_quota_window{398LL * 86400};

struct AppliedQuota {
  std::string subject;  // what is counted together: "identity:service:web-01", "name:service:dns:a.internal"
  std::string rule;     // "quota.per_identity", "quota.per_name"
  std::string value;    // the identity or the name
  Quota quota;
};

// Every quota of the profile that a certificate with these names counts against; each subject once.
std::vector<AppliedQuota> quotas_of(const Profile& profile, const Identity& identity,
                                    const std::vector<x509::GeneralName>& names);

// How far a quota is used up.
struct QuotaUse {
  std::int64_t used = 0;             // in the window that ends now; at most quota.count is counted
  std::optional<TimePoint> free_at;  // when the next may come, if none may now; nullopt = others hold them
};

// "3 of 10 in 1d are used".
Reason judge(const AppliedQuota& quota, const QuotaUse& use);

}  // namespace chancery::policy
