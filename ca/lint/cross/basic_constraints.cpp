#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::cross {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::RawExtension* raw = find_extension(subject.tbs, x509::oids::basic_constraints);
  const std::optional<x509::BasicConstraints>& ours = subject.tbs.extensions.basic_constraints;
  if (!ours || !ours->ca || raw == nullptr || !raw->critical) {
    report(self, findings, "a cross-certificate must have critical basicConstraints with CA:TRUE");
    return;
  }
  const x509::Certificate* target = subject.references.target;
  if (target == nullptr) return;  // cross.subject has said so
  const std::optional<x509::BasicConstraints>& theirs = target->fields().extensions.basic_constraints;
  if (!theirs || !theirs->ca) {
    report(self, findings, "the target is no CA");
  } else if (theirs->path_len && (!ours->path_len || *ours->path_len > *theirs->path_len)) {
    report(self, findings,
           "a cross-certificate must not allow a longer path than the target's pathLenConstraint " +
               std::to_string(*theirs->path_len));
  }
}

}  // namespace

constinit const Lint basic_constraints{
    .id = "cross.basic_constraints",
    .citation = "RFC 5280 section 4.2.1.9, BR 7.1.2.2.3",
    .quote =
        "Conforming CAs MUST include this extension in all CA certificates that contain public keys used to "
        "validate digital signatures on certificates and MUST mark the extension as critical in such "
        "certificates.",
    .advice = "Issue it again with critical CA:TRUE and a pathLenConstraint no greater than the target's.",
    .cross = true,
    .compares_target = true,
    .run = run};

}  // namespace chancery::lint::cross
