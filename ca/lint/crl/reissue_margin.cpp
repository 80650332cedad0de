#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

// Of the last list's life. What is left is 36 days of a year, 18 of half a one, 1 of ten days: time to find
// another day for a ceremony that fails, or to mend what publishes leaves' lists.
constexpr int tenths = 9;

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  if (!subject.scope.previous) return;
  const PreviousCrl& last = *subject.scope.previous;
  if (subject.crl.this_update > last.next_update) return;  // crl.overlap speaks of a list that has ended
  const Seconds life = last.next_update - last.this_update,
                passed = subject.crl.this_update - last.this_update;
  if (10 * passed <= tenths * life) return;
  warn(self, findings,
       "the last list ends at " + to_rfc3339(last.next_update) + ", " +
           to_string(last.next_update - subject.crl.this_update) +
           " after thisUpdate: less than a tenth of its " + to_string(life) + " is left");
}

}  // namespace

constinit const CrlLint reissue_margin{
    .id = "crl.reissue_margin",
    .citation = "house rule, RFC 5280 section 5.1.2.5",
    .quote = "A revocation list is followed by the next before the last tenth of its life.",
    .advice = "Issue the next list earlier, so that there is time to repeat what fails before this one ends.",
    .run = run};

}  // namespace chancery::lint::crl
