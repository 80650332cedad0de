#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::RawExtension* raw = find_extension(subject.tbs, x509::oids::basic_constraints);
  const std::optional<x509::BasicConstraints>& constraints = subject.tbs.extensions.basic_constraints;
  const bool ca = constraints && constraints->ca && raw != nullptr && raw->critical;
  if (!ca) report(self, findings, "a root must have critical basicConstraints with CA:TRUE");
  if (constraints && constraints->path_len)
    report(self, findings, "a root must not have a pathLenConstraint");
}

}  // namespace

constinit const Lint root_basic_constraints{
    .id = "rfc5280.root_basic_constraints",
    .citation = "RFC 5280 section 4.2.1.9",
    .quote =
        "Conforming CAs MUST include this extension in all CA certificates that contain public keys used to "
        "validate digital signatures on certificates and MUST mark the extension as critical in such "
        "certificates.",
    .advice = "Issue the root again with critical CA:TRUE and no pathLenConstraint.",
    .root = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
