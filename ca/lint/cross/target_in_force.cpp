#include <algorithm>

#include "ca/lint/rules.h"

namespace chancery::lint::cross {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::Certificate* target = subject.references.target;
  if (target == nullptr) return;  // cross.subject has said so
  const x509::Validity& theirs = target->validity();
  const TimePoint begins = subject.tbs.validity.not_before();
  if (subject.signing_time < theirs.not_before()) {
    report(self, findings, "the target is not valid before " + to_rfc3339(theirs.not_before()));
  } else if (subject.signing_time > theirs.not_after() || begins > theirs.not_after()) {
    report(self, findings,
           "the target ended at " + to_rfc3339(theirs.not_after()) + ", before " +
               to_rfc3339(std::max(subject.signing_time, begins)));
  }
}

}  // namespace

constinit const Lint target_in_force{
    .id = "cross.target_in_force",
    .citation = "house rule",
    .quote = "A CA is certified under another issuer only while its own certificate is in force.",
    .advice = "Ask the target's owner for the certificate that is in force now.",
    .cross = true,
    .compares_target = true,
    .run = run};

}  // namespace chancery::lint::cross
