#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  if (subject.tbs.extensions.crl_distribution_points.empty()) {
    report(self, findings,
           "an intermediate must say where its issuer's CRL is: cRLDistributionPoints is absent");
  }
  if (subject.tbs.extensions.ca_issuers.empty()) {
    report(
        self, findings,
        "an intermediate must say where its issuer's certificate is: authorityInfoAccess has no caIssuers");
  }
}

}  // namespace

constinit const Lint intermediate_pointers{
    .id = "house.intermediate_pointers",
    .citation = "BR 7.1.2.11.2 and 7.1.2.10.3, RFC 5280 sections 4.2.1.13 and 4.2.2.1",
    .quote = "The CRL Distribution Points extension MUST be present in: Subordinate CA Certificates; [...]",
    .advice = "Name in the ceremony's script where the issuer's CRL and certificate are published.",
    .intermediate = true,
    .cross = true,
    .run = run};

}  // namespace chancery::lint::house
