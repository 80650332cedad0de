#include "ca/lint/rules.h"

namespace chancery::lint::cross {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::Certificate* target = subject.references.target;
  if (target == nullptr) {
    report(self, findings, "there is no certificate of the target to compare with");
  } else if (!equal(subject.tbs.subject, target->fields().subject)) {
    report(self, findings, "the subject is not the target's to the byte: " + to_hex(subject.tbs.subject));
  }
}

}  // namespace

constinit const Lint subject{.id = "cross.subject",
                             .citation = "BR 7.1.2.2.2; RFC 5280 section 4.1.2.6",
                             .quote =
                                 "[...] the encoded subject name MUST be byte-for-byte identical to the "
                                 "encoded subject name of the existing CA Certificate.",
                             .advice = "Copy the target's subject to the byte, string types included.",
                             .cross = true,
                             .compares_target = true,
                             .run = run};

}  // namespace chancery::lint::cross
