// The way of a request without its end: what issue.cpp and approvals.cpp would decide, by their own code.
#include "ca/authority/prepared.h"
#include "ca/authority/quotas.h"

namespace chancery::authority {

Explanation Authority::explain(const AuthenticatedRequest& authenticated) {
  const IssueRequest& request = authenticated.details();
  const std::shared_ptr<const policy::ProfileSet> profiles = profiles_.snapshot();
  Explanation explanation{.profile = profiles->find(request.profile),
                          .decision = {},
                          .error = std::nullopt,
                          .warnings = {},
                          .approvals = 0,
                          .earlier = std::nullopt};
  if (explanation.profile) explanation.approvals = approvals_needed(request, explanation.profile->approvals);
  const Result<void> answered = would_answer(authenticated, *profiles, explanation);
  const Result<void> described = describe(request, explanation);
  if (!answered) {
    explanation.error = answered.error();
  } else if (!described) {
    explanation.error = described.error();
  }
  return explanation;
}

// A certificate's own request is its renewal.
Result<void> Authority::would_renew(const IssueRequest& request) {
  const Result<std::optional<store::CertificateRow>> own = store_.find_certificate(request.renews->serial);
  if (!own) return own.error();
  if (!*own) return make_error(ErrorCode::internal, "the certificate to be renewed is not there");
  return check_renewal(request, **own, clock_.now());
}

Result<void> Authority::would_answer(const AuthenticatedRequest& authenticated,
                                     const policy::ProfileSet& profiles, Explanation& explanation) {
  const IssueRequest& request = authenticated.details();
  if (request.renews) {
    if (Result<void> may = would_renew(request); !may) return may;
  }
  if (Result<void> ok = check_idempotency_key(request.idempotency_key); !ok) return ok;
  if (Result<void> ok = check_identity(request.requester.identity); !ok) return ok;
  const store::Digest request_hash = hash_request(request);
  Result<std::optional<Answered>> earlier = look_back(request, request_hash);
  if (!earlier) return std::move(earlier).error();
  explanation.earlier = std::move(*earlier);
  if (!explanation.earlier) return would_issue(authenticated, request_hash, profiles, explanation);
  const auto* waiting = std::get_if<store::ApprovalRequest>(&*explanation.earlier);
  explanation.approvals = waiting != nullptr ? missing_approvals(*waiting) : 0;
  if (waiting == nullptr || waiting->state != store::RequestState::approved) return {};
  const Result<AuthenticatedRequest> resumed = resume(*waiting);
  if (!resumed) return resumed.error();
  return would_issue(*resumed, request_hash, profiles, explanation);
}

Result<void> Authority::would_issue(const AuthenticatedRequest& authenticated,
                                    const store::Digest& request_hash, const policy::ProfileSet& profiles,
                                    Explanation& explanation) {
  const IssueRequest& request = authenticated.details();
  Result<ApprovedRequest> approved = approve(authenticated, profiles, clock_.now());
  if (!approved) return std::move(approved).error();
  const Result<Prepared> prepared = prepare(std::move(*approved));
  if (!prepared) return prepared.error();
  explanation.warnings = prepared->token.warnings();
  const policy::Approvals& rule = prepared->approved.profile().approvals;
  if (request.approval) {
    if (Result<void> ok = check_approvals(*request.approval, rule.required, profiles, store_); !ok) return ok;
  }
  const int approvals = approvals_needed(request, rule);
  const Result<void> may = attempt([&] {
    return approvals > 0 ? store_.check_request(kept_as(*prepared, request_hash, approvals), request_limits_)
                         : store_.check_issuance(intent_of(*prepared, request_hash));
  });
  if (may) return {};
  return explain_refusal(may.error(), prepared->approved, store_, prepared->now);
}

// Each rule, and how far each quota is used; of a repeat without quotas, for it is not counted again.
Result<void> Authority::describe(const IssueRequest& request, Explanation& explanation) {
  if (!explanation.profile) return {};
  const policy::Profile& profile = *explanation.profile;
  const TimePoint now = clock_.now();
  Result<policy::Decision> decision = judge(request, profile, now);
  if (!decision) return std::move(decision).error();
  explanation.decision = std::move(*decision);
  if (explanation.earlier) return {};
  const Result<std::vector<policy::Reason>> reasons = judge_quotas(
      store_, policy::quotas_of(profile, request.requester.identity, explanation.decision.names), now);
  if (!reasons) return reasons.error();
  for (const policy::Reason& reason : *reasons) {
    explanation.decision.allowed = explanation.decision.allowed && reason.passed;
    explanation.decision.reasons.push_back(reason);
  }
  return {};
}

}  // namespace chancery::authority
