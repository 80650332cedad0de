// Lints: one rule a file, in ca/lint/rfc5280 and ca/lint/house, each with its citation. They judge a
// TBSCertificate before any key has touched it, so that a bad certificate never exists, not even unpublished.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "ca/base/findings.h"
#include "ca/crypto/key_blocklist.h"
#include "ca/crypto/public_key.h"
#include "ca/x509/certificate.h"

namespace chancery::lint {

// A cross-certificate certifies a CA's key and name that have a certificate already, the target, under
// another issuer.
enum class Kind { root, intermediate, cross, leaf };

inline constexpr std::array tls_purposes{x509::KeyPurpose::server_auth, x509::KeyPurpose::client_auth};

// What some rules compare a certificate with. Borrowed.
struct References {
  const crypto::KeyBlocklist* blocked_keys = nullptr;  // null: no key is blocked
  const x509::Certificate* target = nullptr;           // of a cross-certificate; there it must not be null
  std::span<const x509::KeyPurpose> allowed_purposes = tls_purposes;  // in a cross-certificate
};

// What a rule may look at.
struct Subject {
  Kind kind = Kind::leaf;
  const x509::ParsedTbs& tbs;
  const x509::Certificate* issuer = nullptr;  // null for a root
  TimePoint signing_time;
  Seconds backdate_allowance{3600};
  // The key in tbs, already decoded when the caller has it; rules must not decode it a second time.
  const crypto::PublicKey* key = nullptr;
  // The caller has put `key` through crypto::check_key_quality, whose arithmetic on RSA keys costs a
  // millisecond: a leaf's in the policy's key.quality.
  bool key_quality_known = false;
  References references;
};

struct Lint {
  std::string_view id;        // "rfc5280.serial_number", "house.leaf_lifetime"
  std::string_view citation;  // "RFC 5280 section 4.1.2.2"
  std::string_view quote;     // what is written there, word for word; [...] where something is left out
  std::string_view advice;    // what to do about a finding
  Severity severity = Severity::error;
  bool root = false, intermediate = false, cross = false, leaf = false;
  bool compares_issuer = false, compares_target = false;  // says nothing of use when there is none
  void (*run)(const Subject& subject, const Lint& self, Findings& findings);
};

bool applies(const Lint& lint, Kind kind);
// How many rules apply.
std::size_t rules_for(Kind kind);

// A plain list in ca/lint/all_lints.cpp; no registration.
std::span<const Lint> all_lints();

Findings run_lints(const Subject& subject);

}  // namespace chancery::lint
