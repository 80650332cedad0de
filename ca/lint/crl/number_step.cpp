#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

// A list that was left out may have held revocations; and a number that is spent cannot be taken back.
void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  if (!subject.crl.number || !subject.scope.previous) return;
  const x509::CrlNumber &number = *subject.crl.number, &last = subject.scope.previous->number;
  const Result<x509::CrlNumber> next = last.next();
  if (number <= last || (next && number == *next)) return;  // crl.number speaks of those that are no greater
  warn(self, findings,
       "cRLNumber " + number.to_string() + " does not follow on that of the last list, " + last.to_string());
}

}  // namespace

constinit const CrlLint number_step{
    .id = "crl.number_step",
    .citation = "RFC 5280 section 5.2.3",
    .quote =
        "The CRL number is a non-critical CRL extension that conveys a monotonically increasing sequence "
        "number for a given CRL scope and CRL issuer.",
    .advice = "Take the next number; if lists lie between, go on from the newest of them.",
    .run = run};

}  // namespace chancery::lint::crl
