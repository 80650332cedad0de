#include "ca/lint/rules.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const Bytes& identifier = subject.tbs.extensions.subject_key_identifier;
  if (identifier.empty()) {
    report(self, findings, "subjectKeyIdentifier is absent");
  } else if (subject.key != nullptr && !equal(identifier, subject.key->key_identifier())) {
    report(self, findings,
           "subjectKeyIdentifier " + to_hex(identifier) + " is not the SHA-1 of the public key, " +
               to_hex(subject.key->key_identifier()));
  }
}

}  // namespace

constinit const Lint subject_key_identifier{
    .id = "rfc5280.subject_key_identifier",
    .citation = "RFC 5280 section 4.2.1.2",
    .quote =
        "To facilitate certification path construction, this extension MUST appear in all conforming CA "
        "certificates, [...] For end entity certificates, subject key identifiers SHOULD be derived from the "
        "public key.",
    .advice = "Write the SHA-1 of the subjectPublicKey bits, as method (1) of that section says.",
    .root = true,
    .intermediate = true,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
