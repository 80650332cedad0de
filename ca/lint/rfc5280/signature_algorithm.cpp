#include "ca/lint/rules.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  if (!crypto::parse_algorithm_identifier(subject.tbs.signature_algorithm)) {
    report(self, findings,
           "the signature algorithm is none of the exact encodings that are allowed: " +
               to_hex(subject.tbs.signature_algorithm));
  }
}

}  // namespace

constinit const Lint signature_algorithm{
    .id = "rfc5280.signature_algorithm",
    .citation = "RFC 5280 section 4.1.1.2, BR 7.1.3.2",
    .quote =
        "When encoded, the AlgorithmIdentifier MUST be byte-for-byte identical with the specified "
        "hex-encoded bytes.",
    .advice = "Sign with ECDSA or RSA (PKCS #1 v1.5) and SHA-256, SHA-384 or SHA-512, or with Ed25519.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
