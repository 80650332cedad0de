#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  if (subject.scope.previous && subject.crl.this_update > subject.scope.previous->next_update) {
    warn(
        self, findings,
        "there was no valid list from " + to_rfc3339(subject.scope.previous->next_update) + " to thisUpdate");
  }
}

}  // namespace

constinit const CrlLint overlap{
    .id = "crl.overlap",
    .citation = "RFC 5280 section 5.1.2.5",
    .quote =
        "The next CRL could be issued before the indicated date, but it will not be issued any later than "
        "the indicated date.",
    .advice = "Issue the next list in time: chancery-root calendar reminds of it.",
    .run = run};

}  // namespace chancery::lint::crl
