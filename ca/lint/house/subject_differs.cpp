#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

// Whoever bears the issuer's name speaks for it: its CRLs are taken for the issuer's, and a path may hold any
// number of such CAs, whatever its length is limited to. Names that cannot be read are not let through.
void run(const Subject& subject, const Lint& self, Findings& findings) {
  const Result<x509::Name> own = x509::Name::parse(subject.tbs.subject);
  const Result<x509::Name> issuer = x509::Name::parse(subject.tbs.issuer);
  if (!own || !issuer) {
    report(self, findings, "subject and issuer cannot be compared: " + (own ? issuer : own).error().message);
  } else if (x509::names_match(*own, *issuer)) {
    report(self, findings, "the subject " + own->to_string() + " is the issuer's name");
  }
}

}  // namespace

constinit const Lint subject_differs{
    .id = "house.subject_differs",
    .citation = "house rule, RFC 5280 sections 6.1 and 7.1",
    .quote = "A CA that is no root bears another name than its issuer, however the two are spelled.",
    .advice =
        "Give the CA a name of its own; a root that follows another is a root, with a name of its own, too.",
    .intermediate = true,
    .cross = true,
    .run = run};

}  // namespace chancery::lint::house
