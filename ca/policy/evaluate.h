// May this be issued? Pure: same input, same answer. Every name is itself checked (Bug 1619047) and every
// rule is tried, so that the caller sees every fault at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/policy/policy.h"
#include "ca/x509/csr.h"

namespace chancery::policy {

// Who asks, as api/identity has established it.
struct Requester {
  Identity identity;
  Role role = Role::none;
  // Names this requester may have at most (token or previous certificate); nullopt = whatever the profile
  // allows (operators).
  std::optional<std::vector<x509::GeneralName>> bound_names;
};

// One rule that was looked at.
struct Reason {
  bool passed = false;
  std::string rule;      // "dns.allowed", "key.algorithm", "names.max", ...
  std::string location;  // file:line:column, "" for rules of the code
  std::string value;     // what was judged
  std::string message;   // one sentence
};

struct Decision {
  bool allowed = false;
  std::vector<Reason> reasons;           // every rule, in order
  std::vector<x509::GeneralName> names;  // what the certificate would carry
  x509::Name subject;
};

Decision evaluate(const Profile& profile, const x509::CertificateRequest& request,
                  const Requester& requester);

// A refusal as an error: forbidden, one detail for each failed reason.
Error denial(const Profile& profile, const Decision& decision);

}  // namespace chancery::policy
