#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

constexpr Seconds ca_allowance{86400};

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const bool leaf = subject.kind == Kind::leaf;
  const TimePoint not_before = subject.tbs.validity.not_before();
  const TimePoint earliest = subject.signing_time - (leaf ? subject.backdate_allowance : ca_allowance);
  if (not_before < earliest) {
    report(self, findings,
           "notBefore " + to_rfc3339(not_before) + " is earlier than " + to_rfc3339(earliest));
  }
  // A ceremony may prepare a CA for a later day (house.ca_horizon); a leaf is wanted now.
  if (leaf && not_before > subject.signing_time) {
    report(self, findings, "notBefore " + to_rfc3339(not_before) + " is in the future");
  }
}

}  // namespace

constinit const Lint not_before{
    .id = "house.not_before",
    .citation = "BR 7.1.2.7 and 7.1.2.1.1",
    .quote = "A value within 48 hours of the certificate signing operation.",
    .advice = "Start the validity when it is signed; a profile's backdate is what may lie before.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::house
