#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::house {
namespace {

// A type that is not permitted at all is excluded as a whole, because one that is not mentioned is free.
void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::RawExtension* raw = find_extension(subject.tbs, x509::oids::name_constraints);
  if (raw == nullptr) return;
  if (!raw->critical) report(self, findings, "nameConstraints must be critical");
  const std::optional<x509::NameConstraints>& constraints = subject.tbs.extensions.name_constraints;
  if (!constraints || constraints->other_forms) {
    report(self, findings, "nameConstraints speak of other names than DNS, IP, e-mail and URI");
    return;
  }
  for (const std::string_view type : x509::unconstrained_types(*constraints)) {
    report(self, findings,
           "nameConstraints leave " + std::string(type) + " free; permit some or exclude all");
  }
}

}  // namespace

constinit const Lint name_constraints{
    .id = "house.name_constraints",
    .citation = "RFC 5280 section 4.2.1.10, BR 7.1.2.10.8",
    .quote =
        "Conforming CAs MUST mark this extension as critical and SHOULD NOT impose name constraints on the "
        "x400Address, ediPartyName, or registeredID name forms.",
    .advice = "Permit some names of each form or exclude the form as a whole, in a critical extension.",
    .intermediate = true,
    .cross = true,
    .run = run};

}  // namespace chancery::lint::house
