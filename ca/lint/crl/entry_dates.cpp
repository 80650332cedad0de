#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  for (const x509::RevokedCertificate& entry : subject.crl.revoked) {
    if (entry.revoked_at > subject.crl.this_update) {
      report(self, findings,
             "serial number " + entry.serial.to_string() + " is revoked at " + to_rfc3339(entry.revoked_at) +
                 ", after thisUpdate");
    }
    if (entry.invalidity_date && *entry.invalidity_date > entry.revoked_at) {
      report(self, findings,
             "serial number " + entry.serial.to_string() + " has an invalidity date after its revocation");
    }
  }
}

}  // namespace

constinit const CrlLint entry_dates{
    .id = "crl.entry_dates",
    .citation = "RFC 5280 sections 5.1.2.6 and 5.3.2",
    .quote =
        "This date may be earlier than the revocation date in the CRL entry, which is the date at which the "
        "CA processed the revocation.",
    .advice =
        "Correct the entry's dates: invalid at the latest when revoked, revoked at the latest at thisUpdate.",
    .run = run};

}  // namespace chancery::lint::crl
