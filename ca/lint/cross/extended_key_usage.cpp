#include <algorithm>

#include "ca/lint/rules.h"

namespace chancery::lint::cross {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const std::vector<x509::KeyPurpose>& purposes = subject.tbs.extensions.extended_key_usage;
  if (purposes.empty()) {
    report(self, findings, "a cross-certificate must limit its purposes: extendedKeyUsage is absent");
  }
  const std::span<const x509::KeyPurpose> allowed = subject.references.allowed_purposes;
  for (const x509::KeyPurpose purpose : purposes) {
    const bool listed = std::find(allowed.begin(), allowed.end(), purpose) != allowed.end();
    if (listed && purpose != x509::KeyPurpose::any) continue;
    report(self, findings, std::string(x509::to_string(purpose)) + " is not on the list of allowed purposes");
  }
}

}  // namespace

constinit const Lint extended_key_usage{
    .id = "cross.extended_key_usage",
    .citation = "BR 7.1.2.2.3 and 7.1.2.2.5",
    .quote =
        "In all other cases, the extKeyUsage extension MUST be \"restricted\" as described in the following "
        "table",
    .advice = "List the purposes that the target may serve, as serverAuth and clientAuth.",
    .cross = true,
    .run = run};

}  // namespace chancery::lint::cross
