// Lints for revocation lists: one rule a file, in ca/lint/crl, each with its citation. They judge a
// TBSCertList before any key has touched it: a root's, made in a ceremony, and the online CA's alike.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>

#include "ca/base/findings.h"
#include "ca/x509/certificate.h"
#include "ca/x509/crl.h"

namespace chancery::lint {

inline constexpr Seconds longest_leaf_crl{10LL * 86400};  // BR 4.9.7: ten days
inline constexpr Seconds longest_ca_crl{365LL * 86400};   // BR 4.9.7: twelve months

// What the same issuer's last list for the same scope said.
struct PreviousCrl {
  x509::CrlNumber number;
  TimePoint this_update;
  TimePoint next_update;
  std::set<Bytes> serials{};  // that it lists: octets as SerialNumber::bytes gives them

  // nullopt for a list without a number, which no other can follow.
  static std::optional<PreviousCrl> of(const x509::ParsedCrl& last);
};

// What a list is meant to be.
struct CrlScope {
  Seconds longest = longest_ca_crl;     // from thisUpdate to nextUpdate
  std::optional<PreviousCrl> previous;  // none for an issuer's first list, or where nobody has the last
  bool first = false;                   // the caller knows that there is none before
  // The cRLDistributionPoints URI that a list for only some certificates stands under; none when it is for
  // all.
  std::optional<std::string> shard;
  bool hold_allowed = false;  // certificateHold may stand in it

  // Whether an entry stands in a list for the first time. nullopt where nobody knows: the last list is not
  // given, and this is not said to be the first.
  [[nodiscard]] std::optional<bool> is_new(const x509::SerialNumber& serial) const;
};

// What a rule may look at.
struct CrlSubject {
  const x509::ParsedCrl& crl;
  const x509::Certificate* issuer = nullptr;  // null only where rules that compare with it are left out
  TimePoint signing_time;
  CrlScope scope;
};

struct CrlLint {
  std::string_view id;        // "crl.number"
  std::string_view citation;  // "RFC 5280 section 5.2.3"
  std::string_view quote;     // what is written there, word for word; [...] where something is left out
  std::string_view advice;    // what to do about a finding
  bool compares_issuer = false;
  void (*run)(const CrlSubject& subject, const CrlLint& self, Findings& findings);
};

// Whether it is the serial number of the self-signed issuer itself, which no list of its own should name.
bool is_own_serial(const x509::Certificate& issuer, const x509::SerialNumber& serial);

// A plain list in ca/lint/crl/all_crl_lints.cpp; no registration.
std::span<const CrlLint> all_crl_lints();

// Warnings are about the time that has passed already: a list that comes late must come all the more.
Findings run_crl_lints(const CrlSubject& subject);

}  // namespace chancery::lint
