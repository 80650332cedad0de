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

constinit const Lint issuer_name{.id = "rfc5280.issuer_name",
                                 .citation = "RFC 5280 section 4.1.2.4, BR 7.1.4.1",
                                 .intermediate = true,
                                 .cross = true,
                                 .leaf = true,
                                 .run = run};

}  // namespace chancery::lint::rfc5280
