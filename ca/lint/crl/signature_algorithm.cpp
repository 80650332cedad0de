#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  if (!crypto::parse_algorithm_identifier(subject.crl.signature_algorithm)) {
    report(self, findings,
           "the signature algorithm is none of the exact encodings that are allowed: " +
               to_hex(subject.crl.signature_algorithm));
  }
}

}  // namespace

constinit const CrlLint signature_algorithm{
    .id = "crl.signature_algorithm",
    .citation = "RFC 5280 section 5.1.1.2, BR 7.2 and 7.1.3.2",
    .quote =
        "When encoded, the AlgorithmIdentifier MUST be byte-for-byte identical with the specified "
        "hex-encoded bytes.",
    .advice = "Sign with ECDSA or RSA (PKCS #1 v1.5) and SHA-256, SHA-384 or SHA-512, or with Ed25519.",
    .run = run};

}  // namespace chancery::lint::crl
