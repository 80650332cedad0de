#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  const Seconds span = subject.crl.next_update - subject.crl.this_update;
  if (span <= Seconds(0)) {
    report(self, findings,
           "nextUpdate " + to_rfc3339(subject.crl.next_update) + " is not later than thisUpdate");
  } else if (span > subject.scope.longest) {
    report(self, findings,
           "nextUpdate is " + to_string(span) + " after thisUpdate, at most " +
               to_string(subject.scope.longest) + " are allowed");
  }
}

}  // namespace

constinit const CrlLint next_update{
    .id = "crl.next_update",
    .citation = "RFC 5280 section 5.1.2.5, BR 4.9.7",
    .quote = "Conforming CRL issuers MUST include the nextUpdate field in all CRLs.",
    .advice = "Issue lists more often: at most 10 days apart for leaves, 365 for CAs.",
    .run = run};

}  // namespace chancery::lint::crl
