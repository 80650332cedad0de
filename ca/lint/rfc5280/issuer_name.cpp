#include "ca/lint/rules.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  if (subject.issuer == nullptr) {
    report(self, findings, "only a root may be judged without its issuer");
  } else if (!equal(subject.tbs.issuer, subject.issuer->fields().subject)) {
    report(self, findings,
           "the issuer field is not, byte for byte, the subject of " + subject.issuer->subject_text());
  }
}

}  // namespace

constinit const Lint issuer_name{
    .id = "rfc5280.issuer_name",
    .citation = "RFC 5280 section 4.1.2.4, BR 7.1.4.1",
    .quote =
        "For each Certificate in the Certification Path, the encoded content of the Issuer Distinguished "
        "Name field of a Certificate SHALL be byte-for-byte identical with the encoded form of the Subject "
        "Distinguished Name field of the Issuing CA certificate.",
    .advice =
        "Copy the issuing CA's subject to the byte, string types included; or give the certificate that "
        "really issued it.",
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .compares_issuer = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
