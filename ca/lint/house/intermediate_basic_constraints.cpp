#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::house {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::RawExtension* raw = find_extension(subject.tbs, x509::oids::basic_constraints);
  const std::optional<x509::BasicConstraints>& constraints = subject.tbs.extensions.basic_constraints;
  const bool ca = constraints && constraints->ca && raw != nullptr && raw->critical;
  if (!ca) report(self, findings, "an intermediate must have critical basicConstraints with CA:TRUE");
  if (!constraints || constraints->path_len != 0U)
    report(self, findings, "an intermediate must have pathLenConstraint 0");
}

}  // namespace

constinit const Lint intermediate_basic_constraints{
    .id = "house.intermediate_basic_constraints",
    .citation = "RFC 5280 section 4.2.1.9; house rule: one level below the root",
    .quote =
        "A pathLenConstraint of zero indicates that no non-self-issued intermediate CA certificates may "
        "follow in a valid certification path.",
    .advice = "Issue it again with critical CA:TRUE and pathLenConstraint 0.",
    .intermediate = true,
    .run = run};

}  // namespace chancery::lint::house
