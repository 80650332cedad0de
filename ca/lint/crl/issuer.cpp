#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  if (subject.issuer == nullptr) {
    report(self, findings, "a list may not be judged without its issuer");
    return;
  }
  const x509::ParsedTbs& issuer = subject.issuer->fields();
  if (!equal(subject.crl.issuer, issuer.subject)) {
    report(self, findings, "the issuer is not the issuing CA's subject to the byte");
  }
  if (!issuer.extensions.key_usage || !issuer.extensions.key_usage->crl_sign) {
    report(self, findings, "the issuing CA may not sign CRLs: its keyUsage lacks cRLSign");
  }
  if (!issuer.validity.contains(subject.crl.this_update)) {
    report(self, findings,
           "the issuing CA is not valid at thisUpdate " + to_rfc3339(subject.crl.this_update));
  }
}

}  // namespace

constinit const CrlLint issuer{
    .id = "crl.issuer",
    .citation = "RFC 5280 sections 5.1.2.3 and 6.3.3 (f)",
    .quote =
        "If a key usage extension is present in the CRL issuer's certificate, verify that the cRLSign bit is "
        "set.",
    .advice = "Sign the list with the CA whose certificates it lists, while that CA is valid.",
    .compares_issuer = true,
    .run = run};

}  // namespace chancery::lint::crl
