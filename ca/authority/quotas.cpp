#include "ca/authority/quotas.h"

#include <algorithm>

#include "ca/base/retry_after.h"

namespace chancery::authority {
namespace {

std::vector<policy::Reason> reasons_of(const std::vector<policy::AppliedQuota>& quotas,
                                       const std::vector<store::QuotaUse>& uses) {
  std::vector<policy::Reason> reasons;
  reasons.reserve(quotas.size());
  for (std::size_t i = 0; i < quotas.size(); ++i)
    reasons.push_back(policy::judge(quotas[i], {uses.at(i).used, uses.at(i).free_at}));
  return reasons;
}

// When all of them are free; nothing when they are by now.
std::optional<ErrorDetail> free_again(const std::vector<policy::AppliedQuota>& quotas,
                                      const std::vector<store::QuotaUse>& uses, TimePoint now) {
  TimePoint free_at = now;
  for (std::size_t i = 0; i < quotas.size(); ++i) {
    const store::QuotaUse& use = uses.at(i);
    if (use.used < quotas[i].quota.count) continue;
    free_at = std::max(free_at, use.free_at.value_or(now + ask_while_people_decide));
  }
  if (free_at == now) return std::nullopt;
  return retry_after(now, free_at);
}

// Of those that are spent, as one error; nullopt when none is.
std::optional<Error> refusal_of(const std::vector<policy::Reason>& quotas, const policy::Profile& profile) {
  const bool spent =
      std::any_of(quotas.begin(), quotas.end(), [](const policy::Reason& reason) { return !reason.passed; });
  if (!spent) return std::nullopt;
  Error error = policy::denial(profile, {.allowed = false, .reasons = quotas, .names = {}, .subject = {}});
  error.code = ErrorCode::rate_limited;
  return error;
}

}  // namespace

std::vector<policy::AppliedQuota> quotas_of(const ApprovedRequest& approved) {
  return policy::quotas_of(approved.profile(), approved.details().requester.identity,
                           approved.decision().names);
}

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
  if (quotas.empty()) return std::vector<policy::Reason>();
  const Result<std::vector<store::QuotaUse>> uses = store.check_quotas(to_count(quotas), now);
  if (!uses) return uses.error();
  return reasons_of(quotas, *uses);
}

Error explain_refusal(Error refusal, const ApprovedRequest& approved, store::Store& store, TimePoint now) {
  if (refusal.code != ErrorCode::rate_limited) return refusal;
  const std::vector<policy::AppliedQuota> quotas = quotas_of(approved);
  std::vector<policy::AppliedQuota> spent;
  std::copy_if(quotas.begin(), quotas.end(), std::back_inserter(spent), [&](const auto& quota) {
    return std::any_of(refusal.details.begin(), refusal.details.end(),
                       [&](const ErrorDetail& detail) { return detail.value == quota.subject; });
  });
  const Result<std::vector<store::QuotaUse>> uses = store.check_quotas(to_count(spent), now);
  if (!uses) return refusal;
  std::vector<policy::Reason> reasons = reasons_of(spent, *uses);
  // Refused they were, even if one has come free since.
  for (policy::Reason& reason : reasons) reason.passed = false;
  Error explained = refusal_of(reasons, approved.profile()).value_or(std::move(refusal));
  if (std::optional<ErrorDetail> when = free_again(spent, *uses, now))
    explained.details.push_back(std::move(*when));
  return explained;
}

}  // namespace chancery::authority
