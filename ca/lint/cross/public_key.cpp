#include "ca/lint/rules.h"

namespace chancery::lint::cross {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::Certificate* target = subject.references.target;
  if (target == nullptr) return;  // cross.subject has said so
  if (!equal(subject.tbs.spki, target->fields().spki)) {
    report(self, findings, "the public key is not the target's");
  }
}

}  // namespace

constinit const Lint public_key{
    .id = "cross.public_key",
    .citation = "BR 7.1.2.2",
    .quote =
        "This Certificate Profile MAY be used when issuing a CA Certificate using the same Subject Name and "
        "Subject Public Key Information as one or more existing CA Certificate(s), whether a Root CA "
        "Certificate or Subordinate CA Certificate.",
    .advice = "Give the certificate whose key is to be certified as the target.",
    .cross = true,
    .compares_target = true,
    .run = run};

}  // namespace chancery::lint::cross
