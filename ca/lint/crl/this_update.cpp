#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

constexpr Seconds oldest{86400};

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  const TimePoint time = subject.crl.this_update;
  if (time > subject.signing_time)
    report(self, findings, "thisUpdate " + to_rfc3339(time) + " is in the future");
  if (time < subject.signing_time - oldest) {
    report(self, findings, "thisUpdate " + to_rfc3339(time) + " is more than a day ago");
  }
  if (subject.scope.previous && time <= subject.scope.previous->this_update) {
    report(self, findings,
           "thisUpdate " + to_rfc3339(time) + " is not later than the last list's, " +
               to_rfc3339(subject.scope.previous->this_update));
  }
}

}  // namespace

constinit const CrlLint this_update{
    .id = "crl.this_update",
    .citation = "RFC 5280 section 5.1.2.4, BR 7.2",
    .quote = "This field indicates the issue date of this CRL.",
    .advice = "Write the time at which the list is made; check the machine's clock.",
    .run = run};

}  // namespace chancery::lint::crl
