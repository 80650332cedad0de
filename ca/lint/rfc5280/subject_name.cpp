#include <algorithm>

#include "ca/lint/rules.h"

namespace chancery::lint::rfc5280 {
namespace {

bool before(const x509::NameAttribute& a, const x509::NameAttribute& b) {
  return a.type < b.type;
}

bool repeats(const std::vector<x509::NameAttribute>& attributes, x509::AttributeType type) {
  return std::count_if(attributes.begin(), attributes.end(),
                       [&](const x509::NameAttribute& attribute) { return attribute.type == type; }) > 1;
}

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const Result<x509::Name> name = x509::Name::parse(subject.tbs.subject);
  if (!name) {
    report(self, findings, "the subject is not acceptable: " + name.error().message);
    return;
  }
  const std::vector<x509::NameAttribute>& attributes = name->attributes();
  if (subject.kind != Kind::leaf && attributes.empty())
    report(self, findings, "the subject of a CA must not be empty");
  if (!std::is_sorted(attributes.begin(), attributes.end(), before)) {
    report(self, findings,
           "the subject's attributes must be in the order C, O, OU, CN: " + name->to_string());
  }
  if (repeats(attributes, x509::AttributeType::common_name) ||
      repeats(attributes, x509::AttributeType::country)) {
    report(self, findings, "the subject has more than one C or CN: " + name->to_string());
  }
  if (!equal(name->to_der(), subject.tbs.subject)) {
    report(self, findings, "the subject is not encoded as C PrintableString and the others UTF8String");
  }
}

}  // namespace

constinit const Lint subject_name{
    .id = "rfc5280.subject_name",
    .citation = "BR 7.1.4.1 and 7.1.4.2, RFC 5280 section 4.1.2.6 and appendix A.1",
    .quote = "Each RelativeDistinguishedName MUST contain exactly one AttributeTypeAndValue.",
    .advice = "Write C, O, OU, CN in that order, C as PrintableString and the others as UTF8String.",
    .root = true,
    .intermediate = true,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
