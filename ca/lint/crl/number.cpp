#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  if (!subject.crl.number) {
    report(self, findings, "cRLNumber is absent");
  } else if (subject.scope.previous && *subject.crl.number <= subject.scope.previous->number) {
    report(self, findings,
           "cRLNumber " + subject.crl.number->to_string() + " is not greater than the last list's, " +
               subject.scope.previous->number.to_string());
  }
}

}  // namespace

constinit const CrlLint number{.id = "crl.number",
                               .citation = "RFC 5280 section 5.2.3",
                               .quote =
                                   "CRL issuers conforming to this profile MUST include this extension in "
                                   "all CRLs and MUST mark this extension as non-critical.",
                               .advice = "Number each list higher than the last one of its issuer and scope.",
                               .run = run};

}  // namespace chancery::lint::crl
