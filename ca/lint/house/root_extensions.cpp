#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::Extensions& extensions = subject.tbs.extensions;
  if (!extensions.extended_key_usage.empty()) report(self, findings, "a root must not have extendedKeyUsage");
  if (!extensions.crl_distribution_points.empty())
    report(self, findings, "a root must not have cRLDistributionPoints");
  if (!extensions.ca_issuers.empty() || !extensions.ocsp.empty()) {
    report(self, findings, "a root must not have authorityInfoAccess");
  }
}

}  // namespace

constinit const Lint root_extensions{
    .id = "house.root_extensions", .citation = "BR 7.1.2.1.2", .root = true, .run = run};

}  // namespace chancery::lint::house
