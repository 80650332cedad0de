#include "ca/lint/crl/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::crl {
namespace {

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  for (const x509::RawExtension& extension : subject.crl.raw_extensions) {
    const bool wanted = equal(extension.oid, x509::oids::issuing_distribution_point);
    if (extension.critical == wanted) continue;
    report(self, findings,
           "the extension " + x509::oids::to_dotted(extension.oid) + (wanted ? " must" : " must not") +
               " be critical");
  }
  for (const x509::RawExtension& extension : subject.crl.raw_entry_extensions) {
    if (!extension.critical) continue;
    report(self, findings,
           "the entry extension " + x509::oids::to_dotted(extension.oid) + " must not be critical");
  }
}

}  // namespace

constinit const CrlLint extension_criticality{
    .id = "crl.extension_criticality",
    .citation = "RFC 5280 sections 5.2.1, 5.2.3, 5.2.5, 5.3.1 and 5.3.2",
    .quote =
        "The issuing distribution point is a critical CRL extension that identifies the CRL distribution "
        "point and scope for a particular CRL, [...]",
    .advice = "Mark the issuing distribution point critical, and nothing else.",
    .run = run};

}  // namespace chancery::lint::crl
