#include <algorithm>
#include <array>

#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::rfc5280 {
namespace {

constexpr std::array<std::uint8_t, 2> empty_name{0x30, 0x00};

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const std::vector<x509::GeneralName>& names = subject.tbs.extensions.subject_alternative_names;
  const x509::RawExtension* raw = find_extension(subject.tbs, x509::oids::subject_alternative_name);
  if (raw == nullptr || names.empty()) {
    report(self, findings, "a leaf must have at least one subject alternative name");
    return;
  }
  if (raw->critical != equal(subject.tbs.subject, empty_name)) {
    report(self, findings, "subjectAltName must be critical when the subject is empty, and only then");
  }
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (const Result<void> ok = x509::check_general_name(*name); !ok)
      report(self, findings, ok.error().message);
    if (std::find(names.begin(), name, *name) != name) {
      report(self, findings, "the name " + x509::to_string(*name) + " stands twice");
    }
  }
}

}  // namespace

constinit const Lint subject_alternative_name{
    .id = "rfc5280.subject_alternative_name",
    .citation = "RFC 5280 section 4.2.1.6, RFC 6125",
    .quote =
        "If the subject field contains an empty sequence, then the issuing CA MUST include a subjectAltName "
        "extension that is marked as critical. When including the subjectAltName extension in a certificate "
        "that has a non-empty subject distinguished name, conforming CAs SHOULD mark the subjectAltName "
        "extension as non-critical.",
    .advice = "Put each name once into subjectAltName, DNS names in lower case and without a dot at the end.",
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
