#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  for (const x509::RevokedCertificate& entry : subject.crl.revoked) {
    if (!entry.reason) continue;
    const bool held = *entry.reason == x509::RevocationReason::certificate_hold;
    if (*entry.reason != x509::RevocationReason::unspecified &&
        *entry.reason != x509::RevocationReason::remove_from_crl && (!held || subject.scope.hold_allowed)) {
      continue;
    }
    report(self, findings,
           "the reason " + std::string(x509::to_string(*entry.reason)) +
               " must not stand beside serial number " + entry.serial.to_string());
  }
}

}  // namespace

constinit const CrlLint reason_code{
    .id = "crl.reason_code",
    .citation = "RFC 5280 section 5.3.1, BR 7.2.2",
    .quote =
        "[...] the reason code CRL entry extension SHOULD be absent instead of using the unspecified (0) "
        "reasonCode value. The removeFromCRL (8) reasonCode value may only appear in delta CRLs [...]",
    .advice = "Leave an unspecified reason out; revoke for good instead of certificateHold.",
    .run = run};

}  // namespace chancery::lint::crl
