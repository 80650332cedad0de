#include "ca/authority/prepared.h"

namespace chancery::authority {

Explanation Authority::explain(const AuthenticatedRequest& authenticated) {
  const IssueRequest& request = authenticated.details();
  const std::shared_ptr<const policy::ProfileSet> profiles = profiles_.snapshot();
  Explanation explanation;
  if (const std::shared_ptr<const policy::Profile> profile = profiles->find(request.profile)) {
    explanation.decision = policy::evaluate(*profile, request.csr, request.requester);
    explanation.approvals = approvals_needed(request, profile->approvals);
  }
  if (Result<void> free =
          store_.check_key(spki_hash(request), request.requester.identity, request.renews.has_value());
      !free) {
    explanation.error = std::move(free).error();
    return explanation;
  }
  Result<ApprovedRequest> approved = approve(authenticated, *profiles);
  if (!approved) {
    explanation.error = std::move(approved).error();
  } else if (Result<Prepared> prepared = prepare(std::move(*approved)); !prepared) {
    explanation.error = std::move(prepared).error();
  } else {
    explanation.warnings = prepared->token.warnings();
  }
  return explanation;
}

}  // namespace chancery::authority
