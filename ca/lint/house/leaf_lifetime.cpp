#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

constexpr Seconds longest{398LL * 86400};

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const Seconds lifetime = subject.tbs.validity.lifetime();
  if (lifetime > longest) {
    report(self, findings,
           "the lifetime of " + to_string(lifetime) + ", both ends included, is longer than " +
               to_string(longest));
  }
}

}  // namespace

constinit const Lint leaf_lifetime{
    .id = "house.leaf_lifetime",
    .citation = "BR 6.3.2; Bug 1715455: both ends count",
    .quote =
        "Subscriber Certificates issued before 2026-03-15 SHOULD NOT have a Validity Period greater than 397 "
        "days and MUST NOT have a Validity Period greater than 398 days.",
    .advice = "Shorten the profile's lifetime; both ends of a validity count.",
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::house
