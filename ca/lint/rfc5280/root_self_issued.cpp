#include "ca/lint/rules.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  if (!equal(subject.tbs.issuer, subject.tbs.subject)) {
    report(self, findings, "issuer and subject of a root must be the same bytes");
  }
}

}  // namespace

constinit const Lint root_self_issued{
    .id = "rfc5280.root_self_issued",
    .citation = "RFC 5280 section 3.2, BR 7.1.2.1",
    .quote =
        "Self-issued certificates are CA certificates in which the issuer and subject are the same entity.",
    .advice = "Write the same bytes into issuer and subject; or say --kind intermediate if this is no root.",
    .root = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
