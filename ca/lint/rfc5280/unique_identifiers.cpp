#include "ca/lint/rules.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  if (subject.tbs.has_unique_ids) report(self, findings, "issuerUniqueID and subjectUniqueID must be absent");
}

}  // namespace

constinit const Lint unique_identifiers{
    .id = "rfc5280.unique_identifiers",
    .citation = "RFC 5280 section 4.1.2.8",
    .quote = "CAs conforming to this profile MUST NOT generate certificates with unique identifiers.",
    .advice = "Leave issuerUniqueID and subjectUniqueID out.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
