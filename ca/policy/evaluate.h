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

// What the certificate is asked for with: of a request, or of a certificate that exists already. The
// referred to must outlive the evaluation.
struct Candidate {
  const std::vector<x509::GeneralName>& names;
  const x509::Name& subject;  // only its common names are looked at
  const crypto::PublicKey& key;
};

// A renewal keeps the names of the certificate before it, which another text of the profile has allowed.
struct Renewal {
  TimePoint now;
  crypto::KeyType key;  // that certificate's
};

// One rule that was looked at.
struct Reason {
  bool passed = false;
  bool grandfathered = false;  // broken, and passed only because this renewal may still break it
  std::string rule;            // "dns.allowed", "key.algorithm", "names.max", ...
  std::string location;        // file:line:column, "" for rules of the code
  std::string value;           // what was judged
  std::string message;         // one sentence
};

struct Decision {
  bool allowed = false;
  std::vector<Reason> reasons;           // every rule, in order
  std::vector<x509::GeneralName> names;  // what the certificate would carry
  x509::Name subject;
};

// With a `renewal` and before profile.grandfathered_until, what only the certificate before it explains may
// stay broken: requester.role, requester.identity, names.max, TYPE.allowed, dns.wildcard, and key.algorithm
// for the algorithm and size it had. TYPE.denied never.
Decision evaluate(const Profile& profile, const Candidate& candidate, const Requester& requester,
                  const std::optional<Renewal>& renewal = std::nullopt);
Decision evaluate(const Profile& profile, const x509::CertificateRequest& request, const Requester& requester,
                  const std::optional<Renewal>& renewal = std::nullopt);

// A refusal as an error: forbidden, one detail for each failed reason.
Error denial(const Profile& profile, const Decision& decision);

}  // namespace chancery::policy
