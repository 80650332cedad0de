#include "ca/lint/rules.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  if (subject.issuer == nullptr) return;  // rfc5280.issuer_name has said so
  const TimePoint last = subject.issuer->validity().not_after();
  if (subject.tbs.validity.not_after() > last) {
    report(self, findings,
           "notAfter " + to_rfc3339(subject.tbs.validity.not_after()) + " is beyond the issuer's " +
               to_rfc3339(last));
  }
}

}  // namespace

constinit const Lint validity_within_issuer{
    .id = "rfc5280.validity_within_issuer",
    .citation = "RFC 5280 section 6.1.3 (a)(2), BR 6.3.2",
    .quote = "The certificate validity period includes the current time.",
    .advice = "Shorten the lifetime, or renew the issuer first.",
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .compares_issuer = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
