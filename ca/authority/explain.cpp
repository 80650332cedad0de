#include "ca/authority/prepared.h"
#include "ca/authority/quotas.h"

namespace chancery::authority {

Explanation Authority::explain(const AuthenticatedRequest& authenticated) {
  const IssueRequest& request = authenticated.details();
  const std::shared_ptr<const policy::ProfileSet> profiles = profiles_.snapshot();
  Explanation explanation{.profile = profiles->find(request.profile), .decision = {}, .error = std::nullopt};
  if (explanation.profile) explanation.approvals = approvals_needed(request, explanation.profile->approvals);
  explanation.error = would_refuse(authenticated, *profiles, explanation);
  return explanation;
}

std::optional<Error> Authority::would_refuse(const AuthenticatedRequest& authenticated,
                                             const policy::ProfileSet& profiles, Explanation& explanation) {
  const IssueRequest& request = authenticated.details();
  const TimePoint now = clock_.now();
  std::optional<Error> quota_error;
  if (explanation.profile) {
    const policy::Profile& profile = *explanation.profile;
    Result<policy::Decision> decision = judge(request, profile, now);
    if (!decision) return std::move(decision).error();
    explanation.decision = std::move(*decision);
    const std::vector<policy::AppliedQuota> quotas =
        policy::quotas_of(profile, request.requester.identity, explanation.decision.names);
    Result<std::vector<policy::Reason>> reasons = judge_quotas(store_, quotas, now);
    if (!reasons) return std::move(reasons).error();
    quota_error = refusal_of(*reasons, profile);
    for (policy::Reason& reason : *reasons) explanation.decision.reasons.push_back(std::move(reason));
    if (quota_error) explanation.decision.allowed = false;
  }
  if (Result<void> free =
          store_.check_key(spki_hash(request), request.requester.identity, request.renews.has_value());
      !free) {
    return std::move(free).error();
  }
  Result<ApprovedRequest> approved = approve(authenticated, profiles, now);
  if (!approved) return std::move(approved).error();
  if (quota_error) return quota_error;
  Result<Prepared> prepared = prepare(std::move(*approved));
  if (!prepared) return std::move(prepared).error();
  explanation.warnings = prepared->token.warnings();
  return std::nullopt;
}

}  // namespace chancery::authority
