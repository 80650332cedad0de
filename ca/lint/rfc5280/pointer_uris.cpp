#include "ca/lint/rules.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::Extensions& extensions = subject.tbs.extensions;
  for (const auto* uris : {&extensions.crl_distribution_points, &extensions.ca_issuers, &extensions.ocsp}) {
    for (const std::string& uri : *uris) {
      // https would need the very certificate that is being checked.
      const bool http = uri.starts_with("http://");
      if (!http || !x509::check_general_name({x509::GeneralNameType::uri, uri})) {
        report(self, findings, "'" + uri + "' is not an absolute http:// URI");
      }
    }
  }
}

}  // namespace

constinit const Lint pointer_uris{
    .id = "rfc5280.pointer_uris",
    .citation = "RFC 5280 sections 4.2.1.13, 4.2.2.1 and 8",
    .quote = "CAs SHOULD NOT include URIs that specify https, ldaps, or similar schemes in extensions.",
    .advice = "Publish CRLs, issuers and OCSP under http:// addresses: they are signed themselves.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
