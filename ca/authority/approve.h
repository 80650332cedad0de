// Stage two: policy has judged the request (step 1).
#pragma once

#include <memory>

#include "ca/authority/authentication.h"
#include "ca/base/clock.h"
#include "ca/policy/evaluate.h"

namespace chancery::authority {

// What the policy allows, with the profile as it stood then: the same object decides, prepares and is
// recorded, however the files change meanwhile. Only approve() makes one. Refers to its request, which must
// outlive it.
class ApprovedRequest {
 public:
  [[nodiscard]] const IssueRequest& details() const { return *details_; }
  [[nodiscard]] const policy::Profile& profile() const { return *profile_; }
  [[nodiscard]] std::shared_ptr<const policy::Profile> shared_profile() const { return profile_; }
  [[nodiscard]] const policy::Decision& decision() const { return decision_; }

 private:
  friend Result<ApprovedRequest> approve(const AuthenticatedRequest& request,
                                         const policy::ProfileSet& profiles, TimePoint now);
  ApprovedRequest(const IssueRequest& details, std::shared_ptr<const policy::Profile> profile,
                  policy::Decision decision)
      : details_(&details), profile_(std::move(profile)), decision_(std::move(decision)) {}
  const IssueRequest* details_;
  std::shared_ptr<const policy::Profile> profile_;
  policy::Decision decision_;
};

// Errors: not_found (no such profile), forbidden with one detail for each rule that was broken.
Result<ApprovedRequest> approve(const AuthenticatedRequest& request, const policy::ProfileSet& profiles,
                                TimePoint now);

// What approve() decides by. Errors: internal (the certificate that is renewed cannot be read).
Result<policy::Decision> judge(const IssueRequest& request, const policy::Profile& profile, TimePoint now);

}  // namespace chancery::authority
