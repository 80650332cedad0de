#include <algorithm>

#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const Result<x509::Name> name = x509::Name::parse(subject.tbs.subject);
  if (!name) return;  // rfc5280.subject_name has said so
  for (const x509::NameAttribute& attribute : name->attributes()) {
    if (attribute.type != x509::AttributeType::common_name) continue;
    const auto& names = subject.tbs.extensions.subject_alternative_names;
    const bool copied = std::any_of(names.begin(), names.end(), [&](const x509::GeneralName& san) {
      return san.value == attribute.value;
    });
    if (!copied)
      report(self, findings,
             "the common name '" + attribute.value + "' is none of the subject alternative names");
  }
}

}  // namespace

constinit const Lint common_name{
    .id = "house.common_name",
    .citation = "BR 7.1.4.3",
    .quote =
        "If present, this attribute MUST contain exactly one entry that is one of the values contained in "
        "the Certificate's subjectAltName extension (see Section 7.1.2.7.12).",
    .advice = "Leave the common name out, or repeat it as a subject alternative name.",
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::house
