#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

constexpr Seconds allowance{86400};

// Measured from revocationDate, when the CA took note of it (RFC 5280 5.3.2), not from the invalidityDate.
void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  for (const x509::RevokedCertificate& entry : subject.crl.revoked) {
    if (subject.crl.this_update - entry.revoked_at <= allowance) continue;
    if (!subject.scope.is_new(entry.serial).value_or(false)) continue;
    warn(self, findings,
         "serial number " + entry.serial.to_string() + " was revoked at " + to_rfc3339(entry.revoked_at) +
             ", more than 24 hours before this list");
  }
}

}  // namespace

constinit const CrlLint prompt_reissue{.id = "crl.prompt_reissue",
                                       .citation = "BR 4.9.7 and 4.9.1.2",
                                       .quote =
                                           "MUST update and publish a new CRL within twenty-four (24) hours "
                                           "after recording a Certificate as revoked.",
                                       .advice = "Issue a list within a day of each revocation.",
                                       .run = run};

}  // namespace chancery::lint::crl
