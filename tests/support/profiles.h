// The profiles of tests that are about callers, not about policy: a service, an operator, a front, and a
// service that another has to approve.
#pragma once

#include <memory>
#include <vector>

#include "ca/policy/load_yaml.h"
#include "tests/support/x509_builder.h"

namespace chancery::test {

inline constexpr const char* service_yaml = R"(name: service
lifetime: 90d
renew_after: 60d
keys: [{algorithm: P-256}]
names: {max: 3, dns: ["*.svc.test"]}
extended_key_usage: [serverAuth, clientAuth]
)";
inline constexpr const char* operator_yaml = R"(name: operator
grants: operator
lifetime: 7d
renew_after: 5d
keys: [{algorithm: P-256}]
names: {max: 1, dns: ["*.ops.test"]}
extended_key_usage: [clientAuth]
)";
inline constexpr const char* front_yaml = R"(name: front
lifetime: 90d
renew_after: 60d
keys: [{algorithm: P-256}]
names: {max: 1, dns: ["*.front.test"]}
extended_key_usage: [serverAuth]
)";
inline constexpr const char* guarded_yaml = R"(name: guarded
lifetime: 90d
renew_after: 60d
keys: [{algorithm: P-256}]
names: {max: 1, dns: ["*.svc.test"]}
extended_key_usage: [serverAuth, clientAuth]
approvals: {required: 1, expires_after: 1h}
)";

inline std::shared_ptr<const policy::ProfileSet> caller_profiles() {
  return std::make_shared<const policy::ProfileSet>(
      std::vector{must(policy::parse_profile(service_yaml, "service.yaml")),
                  must(policy::parse_profile(operator_yaml, "operator.yaml")),
                  must(policy::parse_profile(front_yaml, "front.yaml")),
                  must(policy::parse_profile(guarded_yaml, "guarded.yaml"))});
}

}  // namespace chancery::test
