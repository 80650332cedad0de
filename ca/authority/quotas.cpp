#include "ca/authority/quotas.h"

#include <algorithm>

namespace chancery::authority {

std::vector<store::Quota> to_count(const std::vector<policy::AppliedQuota>& quotas) {
  std::vector<store::Quota> counted;
  counted.reserve(quotas.size());
  for (const policy::AppliedQuota& applied : quotas)
    counted.push_back({applied.subject, applied.quota.count, applied.quota.window});
  return counted;
}

Result<std::vector<policy::Reason>> judge_quotas(store::Store& store,
                                                 const std::vector<policy::AppliedQuota>& quotas,
                                                 TimePoint now) {
  std::vector<policy::Reason> reasons;
  if (quotas.empty()) return reasons;
  const Result<std::vector<store::QuotaUse>> uses = store.check_quotas(to_count(quotas), now);
  if (!uses) return uses.error();
  for (std::size_t i = 0; i < quotas.size(); ++i)
    reasons.push_back(policy::judge(quotas[i], {uses->at(i).used, uses->at(i).free_at}));
  return reasons;
}

std::optional<Error> refusal_of(const std::vector<policy::Reason>& quotas, const policy::Profile& profile) {
  const bool spent =
      std::any_of(quotas.begin(), quotas.end(), [](const policy::Reason& reason) { return !reason.passed; });
  if (!spent) return std::nullopt;
  Error error = policy::denial(profile, {.allowed = false, .reasons = quotas, .names = {}, .subject = {}});
  error.code = ErrorCode::rate_limited;
  return error;
}

Error explain_refusal(Error refusal, const policy::Profile& profile,
                      const std::vector<policy::AppliedQuota>& quotas, store::Store& store, TimePoint now) {
  if (refusal.code != ErrorCode::rate_limited) return refusal;
  std::vector<policy::AppliedQuota> spent;
  std::copy_if(quotas.begin(), quotas.end(), std::back_inserter(spent), [&](const auto& quota) {
    return std::any_of(refusal.details.begin(), refusal.details.end(),
                       [&](const ErrorDetail& detail) { return detail.value == quota.subject; });
  });
  Result<std::vector<policy::Reason>> reasons = judge_quotas(store, spent, now);
  if (!reasons) return refusal;
  // Refused they were, even if one has come free since.
  for (policy::Reason& reason : *reasons) reason.passed = false;
  return refusal_of(*reasons, profile).value_or(refusal);
}

}  // namespace chancery::authority
