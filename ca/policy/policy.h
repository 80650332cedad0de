// Profiles: what may be issued, to whom, for how long. Immutable once loaded.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/ids.h"
#include "ca/base/result.h"
#include "ca/crypto/algorithms.h"
#include "ca/crypto/digest.h"
#include "ca/x509/extensions.h"
#include "ca/x509/general_name.h"
#include "ca/x509/name.h"

namespace chancery::policy {

// What a caller may do. A certificate's profile grants it; nobody has more than one.
enum class Role {
  none,      // a service: may renew its own certificates
  operator_  // may create enrolments, issue, list, revoke
};

// As profiles and command lines write it: "none", "operator".
std::string_view role_name(Role role);
std::optional<Role> parse_role(std::string_view text);

// A rule and where it stands, so that a denial can cite it.
struct Pattern {
  // dns: "*.svc.internal" (one label), "**.internal" (one or more), or an exact name; ip: CIDR; email: an
  // address or "*@domain"; uri: exact, or with "*" as the last character, behind host and slash, for any
  // rest. Allowed ones but ip may hold a placeholder (placeholder.h). Of identities: text with at most one
  // "*" for one or more characters but . and @.
  std::string text;
  std::string location;  // "policies/service.yaml:12:9"
};

// Who may have certificates of a profile, beside what tokens and present certificates bind them to.
struct Requesters {
  std::vector<Role> roles;  // of whoever asks; empty = any
  std::string roles_location;
  std::vector<Pattern> identities;  // the certificate is for one of these; empty = any
};

// At most `count` certificates of the profile begun in any `window`.
struct Quota {
  std::int64_t count = 0;  // 1..10000
  Seconds window{0};
  std::string location;  // of `count`
};

struct KeyRule {
  crypto::KeyAlgorithm algorithm = crypto::KeyAlgorithm::ec_p256;
  int min_bits = 256;
};

// How many others must agree before a certificate is issued.
struct Approvals {
  int required = 0;                  // 0, 1 or 2
  Seconds expires_after{7 * 86400};  // how long a request waits for them
  bool renewals = false;             // renewals of a certificate that had them need them again
  std::string location;
};

struct Profile {
  ProfileName name;
  std::string description;
  std::string file;             // as named on loading
  std::string location;         // of the profile's first line
  crypto::Sha256Digest hash{};  // of the file's bytes: frozen into each request and record
  Role grants = Role::none;
  Seconds lifetime{0}, renew_after{0}, backdate{0};
  std::string lifetime_location, renew_after_location;
  std::vector<KeyRule> keys;
  std::string keys_location;
  Requesters requesters;
  std::map<x509::GeneralNameType, std::vector<Pattern>> allowed;  // no entry = no such name
  std::map<x509::GeneralNameType, std::vector<Pattern>> denied;   // whatever is allowed
  bool wildcards = false;
  std::string wildcards_location;
  std::size_t max_names = 10;
  std::string max_names_location;
  std::vector<x509::KeyPurpose> extended_key_usage;
  std::string extended_key_usage_location;
  std::vector<x509::NameAttribute> subject;  // fixed attributes in front of the CN
  bool common_name = true;                   // CN = the first SAN that fits in 64 characters
  std::vector<std::string> crl_distribution_points, ca_issuers, ocsp;
  Approvals approvals;
  std::optional<Quota> per_identity, per_name;
  // Until then (exclusive) a renewal may go on breaking what Evaluate calls grandfathered rules.
  std::optional<TimePoint> grandfathered_until;
  std::string grandfathered_location;
};

class ProfileSet {
 public:
  ProfileSet() = default;
  explicit ProfileSet(std::vector<std::shared_ptr<const Profile>> profiles);
  // nullptr when unknown.
  [[nodiscard]] std::shared_ptr<const Profile> find(const ProfileName& name) const;
  [[nodiscard]] const std::vector<std::shared_ptr<const Profile>>& all() const { return profiles_; }

 private:
  std::vector<std::shared_ptr<const Profile>> profiles_;
};

}  // namespace chancery::policy
