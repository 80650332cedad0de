// What another policy would have decided of certificates that exist.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ca/policy/quotas.h"
#include "ca/x509/certificate.h"

namespace chancery::policy {

// One certificate of the past, as the service's list tells of it.
struct PastIssuance {
  std::string serial;
  Identity identity;
  ProfileName profile;
  TimePoint issued_at, renew_after;
  std::string subject;   // RFC 4514
  bool renewal = false;  // it renewed another
  int approvers = 0;     // who approved it, or the one that it renewed
  x509::Certificate certificate;
};

// The worst that the other policy would make of it.
enum class Change {
  none,
  altered,        // it would be issued, but another (lifetime, purposes, ...) or after other approvals
  grandfathered,  // it would be issued because it is a renewal, until a date
  denied
};
std::string_view change_name(Change change);

struct Verdict {
  Change change = Change::none;
  std::vector<ErrorDetail> details;  // why: the rule, file:line:column of the new policy, the value
};

// What no record tells is taken for allowed: which role asked for a first certificate (one that the profile
// names is assumed), and what was counted before the first issuance that is shown. Not thread-safe.
class Replay {
 public:
  explicit Replay(const ProfileSet& profiles) : profiles_(profiles) {}

  // Call it in order of issued_at: quotas count what came before. Errors: validation (a certificate whose key
  // cannot be read).
  Result<Verdict> judge(const PastIssuance& past);

 private:
  std::vector<Reason> judge_quotas(const Profile& profile, const PastIssuance& past, bool allowed);

  const ProfileSet& profiles_;
  std::map<std::string, std::deque<TimePoint>> uses_;  // by quota's subject, oldest first
};

}  // namespace chancery::policy
