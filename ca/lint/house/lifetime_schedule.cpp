#include <array>

#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

constexpr std::int64_t day = 86400;

// From when on, seconds since 1970, and how long a certificate may live then.
struct Step {
  TimePoint from;
  Seconds longest;
};
constexpr std::array<Step, 3> steps{{
    {TimePoint(Seconds(20527 * day)), Seconds(200 * day)},  // 2026-03-15
    {TimePoint(Seconds(20892 * day)), Seconds(100 * day)},  // 2027-03-15
    {TimePoint(Seconds(21623 * day)), Seconds(47 * day)},   // 2029-03-15
}};

// A warning: on such a date a CA inside a house must not stop issuing by itself (docs/decisions/0012).
void run(const Subject& subject, const Lint& self, Findings& findings) {
  const Step* current = nullptr;
  for (const Step& step : steps) {
    if (subject.signing_time >= step.from) current = &step;
  }
  const Seconds lifetime = subject.tbs.validity.lifetime();
  if (current == nullptr || lifetime <= current->longest) return;
  report(self, findings,
         "the lifetime of " + to_string(lifetime) + " is longer than the " + to_string(current->longest) +
             " that are allowed in public from " + to_rfc3339(current->from));
}

}  // namespace

constinit const Lint lifetime_schedule{
    .id = "house.lifetime_schedule",
    .citation = "BR 6.3.2",
    .quote =
        "Subscriber Certificates issued on or after 2026-03-15 and before 2027-03-15 SHOULD NOT have a "
        "Validity Period greater than 199 days and MUST NOT have a Validity Period greater than 200 days. "
        "Subscriber Certificates issued on or after 2027-03-15 and before 2029-03-15 SHOULD NOT have a "
        "Validity Period greater than 99 days and MUST NOT have a Validity Period greater than 100 days. "
        "Subscriber Certificates issued on or after 2029-03-15 SHOULD NOT have a Validity Period greater "
        "than 46 days and MUST NOT have a Validity Period greater than 47 days.",
    .advice = "Shorten the profile's lifetime while agents renew by themselves anyway.",
    .severity = Severity::warning,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::house
