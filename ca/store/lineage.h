// Who descends from whom.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ca/base/clock.h"

namespace chancery::store {

// The bounds of one revoke_lineage.
inline constexpr std::size_t lineage_limit = 10000;    // certificates that are looked at
inline constexpr std::size_t revocation_limit = 1000;  // certificates that are revoked
// How many of an identity's newest certificates find_superseded looks at.
inline constexpr int superseded_depth = 64;

// A certificate or an open issuance, as far as a revocation needs to know it.
struct LineageMember {
  std::int64_t id = 0;
  std::string serial, renewed_from;
  bool revocable = false;  // neither revoked nor expired
  bool revoked = false;
  bool compromised = false;            // revoked, for keyCompromise
  bool open = false;                   // an issuance that has not been completed
  std::optional<TimePoint> not_after;  // of the certificate, when there is one
};

// The member `serial` and all that descend from it by renewal. `members` and the result: by rising id, so
// that parents come before their children.
std::vector<LineageMember> descent(const std::vector<LineageMember>& members, const std::string& serial);

// Those of descent(members, `serial`) that a revocation for `reason` changes: the revocable ones; for
// keyCompromise also what was revoked for another reason, and `serial` itself although it has expired.
std::vector<LineageMember> to_revoke(const std::vector<LineageMember>& members, const std::string& serial,
                                     int reason);

// In whatever order.
bool same_names(std::vector<std::string> a, std::vector<std::string> b);

}  // namespace chancery::store
