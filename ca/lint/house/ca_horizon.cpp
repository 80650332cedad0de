#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

constexpr Seconds horizon{30LL * 86400};

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const TimePoint not_before = subject.tbs.validity.not_before();
  const TimePoint latest = subject.signing_time + horizon;
  if (not_before > latest) {
    report(self, findings, "notBefore " + to_rfc3339(not_before) + " is later than " + to_rfc3339(latest));
  }
}

}  // namespace

// With house.ca_lifetime this bounds notAfter, too: no CA outlives its longest life and thirty days from now.
constinit const Lint ca_horizon{
    .id = "house.ca_horizon",
    .citation = "house rule",
    .quote = "A CA certificate begins to be valid thirty days after it is signed at the latest.",
    .advice = "Correct validity.not_before in the ceremony's script, or hold the ceremony later.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .run = run};

}  // namespace chancery::lint::house
