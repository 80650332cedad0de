#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const std::vector<x509::KeyPurpose>& purposes = subject.tbs.extensions.extended_key_usage;
  if (purposes.empty())
    report(self, findings, "an intermediate must limit its purposes: extendedKeyUsage is absent");
  for (const x509::KeyPurpose purpose : purposes) {
    if (purpose == x509::KeyPurpose::server_auth || purpose == x509::KeyPurpose::client_auth) continue;
    report(self, findings,
           std::string(x509::to_string(purpose)) +
               " must not stand in an intermediate; only serverAuth and clientAuth may");
  }
}

}  // namespace

constinit const Lint intermediate_extended_key_usage{
    .id = "house.intermediate_extended_key_usage",
    .citation = "BR 7.1.2.10.6 with the note on extKeyUsage in CA certificates; Bug 2038351",
    .quote =
        "[...] these Requirements make use of this extension to further protect relying parties by limiting "
        "the scope of CA Certificates, as implemented by a number of Application Software Suppliers.",
    .advice = "Issue it again with serverAuth and clientAuth and no other purpose.",
    .intermediate = true,
    .run = run};

}  // namespace chancery::lint::house
