#include "ca/lint/rules.h"

namespace chancery::lint::cross {
namespace {

// A warning: BR 7.1.2.2.1 leaves notAfter open, and a target may be about to be renewed under its key.
void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::Certificate* target = subject.references.target;
  if (target == nullptr) return;  // cross.subject has said so
  const TimePoint latest = target->validity().not_after();
  const TimePoint not_after = subject.tbs.validity.not_after();
  if (not_after <= latest) return;
  report(self, findings,
         "notAfter " + to_rfc3339(not_after) + " is later than the target's " + to_rfc3339(latest));
}

}  // namespace

constinit const Lint not_after{
    .id = "cross.not_after",
    .citation = "house rule",
    .quote = "A cross-certificate ends no later than the certificate that its target has already.",
    .advice = "Shorten validity.lifetime in the ceremony's script, unless the target is about to be renewed.",
    .severity = Severity::warning,
    .cross = true,
    .compares_target = true,
    .run = run};

}  // namespace chancery::lint::cross
