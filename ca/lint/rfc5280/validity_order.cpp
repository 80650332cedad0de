#include "ca/lint/rules.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::Validity& validity = subject.tbs.validity;
  if (validity.not_after() < validity.not_before()) {
    report(self, findings,
           "notAfter " + to_rfc3339(validity.not_after()) + " is before notBefore " +
               to_rfc3339(validity.not_before()));
  }
}

}  // namespace

constinit const Lint validity_order{.id = "rfc5280.validity_order",
                                    .citation = "RFC 5280 section 4.1.2.5",
                                    .quote =
                                        "The validity period for a certificate is the period of time from "
                                        "notBefore through notAfter, inclusive.",
                                    .advice = "Correct the dates: this certificate is never valid.",
                                    .root = true,
                                    .intermediate = true,
                                    .cross = true,
                                    .leaf = true,
                                    .run = run};

}  // namespace chancery::lint::rfc5280
