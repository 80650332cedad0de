// Decides what to do about each certificate. Pure: everything it knows is in the inventory and `now`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/clock.h"
#include "ca/x509/validity.h"

namespace chancery::agent {

enum class TokenState {
  missing,
  usable,
  refused
};  // refused: this very token was, and no retry will change that

struct VersionFacts {
  std::string serial;
  x509::Validity validity;
  TimePoint renew_after;     // as the issuing service suggested, or two thirds of the lifetime
  std::uint64_t jitter = 0;  // any number that differs from node to node, certificate to certificate
};

struct CertificateInventory {
  std::string name;
  std::optional<VersionFacts> installed;
  std::string damage;                     // why DIR/current exists and cannot be used, or ""
  std::optional<VersionFacts> candidate;  // issued and on disk, not yet proven to be served
  TokenState token = TokenState::missing;
  std::string token_fault;         // why a token file that exists cannot be read, or ""
  bool renewal_refused = false;    // the service has refused to renew the installed one, for good
  bool names_differ = false;       // the configuration asks for other names than the installed one carries
  std::string waits_for_approval;  // id of the request that the service has taken, or ""
  std::optional<TimePoint> issue_not_before;  // back-off of enrol, renew and install
  std::optional<TimePoint> verify_at;         // next look at the wire; nullopt = nothing to look at
};

using Inventory = std::vector<CertificateInventory>;

enum class ActionKind { enrol, renew, install, verify, wait, cannot_succeed };
std::string_view to_string(ActionKind kind);

struct Action {
  ActionKind kind = ActionKind::wait;
  TimePoint at;        // now for what is to be done now; for wait and cannot_succeed, when to look again
  std::string reason;  // for people; for cannot_succeed also what to do
};

// One action for each certificate, in order. wait and cannot_succeed never name a moment before now + 1 s: a
// clock that jumps or a certificate that has expired makes no busy loop (cert-manager #1214, #4399).
// cannot_succeed looks again after `check_interval`, since a token may have been brought.
std::vector<Action> plan(const Inventory& inventory, TimePoint now, Seconds check_interval);

// The latest moment to begin a renewal and still have time for retries: a third of what renew_after leaves,
// and at least a twentieth of the lifetime, before the end.
TimePoint last_safe_moment(const VersionFacts& version);

// renew_after and a jitter of at most a twentieth of what is left then; never after last_safe_moment.
TimePoint renewal_time(const VersionFacts& version);

}  // namespace chancery::agent
