// What issue.cpp and approvals.cpp share: a request after steps 1 and 2.
#pragma once

#include <string>
#include <vector>

#include "ca/authority/authority.h"

namespace chancery::authority {

// The right to sign once, and under what it was given.
struct Authority::Prepared {
  ApprovedRequest approved;
  std::shared_ptr<const issuance::Issuer> issuer;
  issuance::SigningToken token;
  TimePoint now;
  std::optional<store::Superseded> supersedes;  // what a new enrolment replaces
};

// What makes two requests the same: who it is for, which profile, which CSR, and the names that its
// credential is bound to: a narrower token does not get what a wider one was given.
store::Digest hash_request(const IssueRequest& request);
store::Digest spki_hash(const IssueRequest& request);
std::vector<std::string> texts(const std::vector<x509::GeneralName>& names);

// How many approvals it has to wait for. None for the CA's own files, which can do anything anyway; none for
// the renewal of a certificate that has as many, unless the profile says that renewals need them too.
int approvals_needed(const IssueRequest& request, const policy::Approvals& rule);

// Of a kept request, by the profiles of now: enough approvals (`required`, or as many as it was kept with),
// of operators who are that still. Errors: forbidden.
Result<void> check_approvals(const store::ApprovalRequest& kept, int required,
                             const policy::ProfileSet& profiles, store::Store& store);

// 1 to 128 visible ASCII characters, or none. Errors: validation.
Result<void> check_idempotency_key(const std::string& key);

}  // namespace chancery::authority
