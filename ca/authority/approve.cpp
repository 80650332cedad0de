#include "ca/authority/approve.h"

namespace chancery::authority {

Result<ApprovedRequest> approve(const AuthenticatedRequest& request, const policy::ProfileSet& profiles) {
  const IssueRequest& details = request.details();
  std::shared_ptr<const policy::Profile> profile = profiles.find(details.profile);
  if (!profile) {
    return make_error(ErrorCode::not_found,
                      "there is no profile " + details.profile.text() +
                          "; the profiles are the files of the configured policies directory");
  }
  policy::Decision decision = policy::evaluate(*profile, details.csr, details.requester);
  if (!decision.allowed) return policy::denial(*profile, decision);
  return ApprovedRequest(details, std::move(profile), std::move(decision));
}

}  // namespace chancery::authority
