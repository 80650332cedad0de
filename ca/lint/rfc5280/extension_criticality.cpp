#include <array>

#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::rfc5280 {
namespace {

constexpr std::array<ByteView, 5> never_critical{
    x509::oids::authority_key_identifier, x509::oids::subject_key_identifier,
    x509::oids::crl_distribution_points, x509::oids::authority_information_access,
    x509::oids::extended_key_usage};

void run(const Subject& subject, const Lint& self, Findings& findings) {
  for (const ByteView oid : never_critical) {
    const x509::RawExtension* extension = find_extension(subject.tbs, oid);
    if (extension != nullptr && extension->critical) {
      report(self, findings, "the extension " + x509::oids::to_dotted(oid) + " must not be critical");
    }
  }
}

}  // namespace

constinit const Lint extension_criticality{
    .id = "rfc5280.extension_criticality",
    .citation = "RFC 5280 sections 4.2.1.1, 4.2.1.2, 4.2.1.13, 4.2.2.1",
    .quote = "Conforming CAs MUST mark this extension as non-critical.",
    .advice = "Issue it again with the extension not critical: who does not know it may then ignore it.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
