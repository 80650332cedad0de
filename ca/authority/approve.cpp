#include "ca/authority/approve.h"

#include "ca/policy/renewal.h"
#include "ca/x509/certificate.h"

namespace chancery::authority {
namespace {

// Only grandfathering asks what went before, so only then is it read.
Result<std::optional<policy::Renewal>> renewal_of(const IssueRequest& request, const policy::Profile& profile,
                                                  TimePoint now) {
  if (!request.renews || !profile.grandfathered_until) return std::optional<policy::Renewal>();
  const Result<x509::Certificate> before = x509::Certificate::parse(request.renews->der);
  if (!before)
    return make_error(ErrorCode::internal, "a recorded certificate cannot be read", before.error().message);
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(before->fields().spki);
  if (!key) return make_error(ErrorCode::internal, "a recorded key cannot be read", key.error().message);
  return std::optional(policy::Renewal{now, key->type()});
}

}  // namespace

Result<policy::Decision> judge(const IssueRequest& request, const policy::Profile& profile, TimePoint now) {
  const Result<std::optional<policy::Renewal>> renewal = renewal_of(request, profile, now);
  if (!renewal) return renewal.error();
  policy::Requester requester = request.requester;
  if (request.renews) requester.role = policy::renewing_role(profile);
  return policy::evaluate(profile, request.csr, requester, *renewal);
}

Result<ApprovedRequest> approve(const AuthenticatedRequest& request, const policy::ProfileSet& profiles,
                                TimePoint now) {
  const IssueRequest& details = request.details();
  std::shared_ptr<const policy::Profile> profile = profiles.find(details.profile);
  if (!profile) {
    return make_error(ErrorCode::not_found,
                      "there is no profile " + details.profile.text() +
                          "; the profiles are the files of the configured policies directory");
  }
  Result<policy::Decision> decision = judge(details, *profile, now);
  if (!decision) return std::move(decision).error();
  if (!decision->allowed) return policy::denial(*profile, *decision);
  return ApprovedRequest(details, std::move(profile), std::move(*decision));
}

}  // namespace chancery::authority
