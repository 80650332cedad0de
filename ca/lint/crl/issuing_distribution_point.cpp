#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  const std::optional<x509::IssuingDistributionPoint>& point = subject.crl.distribution_point;
  if (!subject.scope.shard) {
    if (point && !point->uris.empty())
      report(self, findings, "a list for all certificates names a distribution point");
    return;
  }
  if (!point || point->uris != std::vector<std::string>{*subject.scope.shard}) {
    report(self, findings,
           "the list is a part and must name its distribution point, " + *subject.scope.shard);
  }
}

}  // namespace

constinit const CrlLint issuing_distribution_point{
    .id = "crl.issuing_distribution_point",
    .citation = "RFC 5280 section 5.2.5, BR 7.2.2.1",
    .quote =
        "The identical encoding MUST be used in the distributionPoint fields of the certificate and the CRL.",
    .advice = "Write the URI of the certificates' cRLDistributionPoints, to the byte.",
    .run = run};

}  // namespace chancery::lint::crl
