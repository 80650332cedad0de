#include "ca/lint/rules.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  if (subject.issuer == nullptr) return;  // rfc5280.issuer_name has said so
  const std::optional<x509::NameConstraints>& constraints =
      subject.issuer->fields().extensions.name_constraints;
  if (!constraints) return;
  const Result<void> ok = x509::check_names(*constraints, subject.tbs.extensions.subject_alternative_names);
  if (!ok) report(self, findings, "the issuer's nameConstraints: " + ok.error().message);
}

}  // namespace

constinit const Lint permitted_names{
    .id = "rfc5280.permitted_names",
    .citation = "RFC 5280 section 4.2.1.10",
    .quote =
        "The name constraints extension, which MUST be used only in a CA certificate, indicates a name space "
        "within which all subject names in subsequent certificates in a certification path MUST be located.",
    .advice = "Leave the name out, or have the certificate issued by a CA that may speak for it.",
    .leaf = true,
    .compares_issuer = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
