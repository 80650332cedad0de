#include <algorithm>
#include <array>

#include "ca/lint/rules.h"
#include "ca/x509/der.h"

namespace chancery::lint::house {
namespace {

using crypto::SignatureAlgorithm;

// The AlgorithmIdentifier of a SubjectPublicKeyInfo, in hexadecimal; empty when there is none.
std::string algorithm_of(ByteView spki) {
  x509::der::Reader outer(spki);
  const std::optional<x509::der::Element> sequence = outer.expect(x509::der::Tag::sequence);
  if (!sequence) return {};
  x509::der::Reader inner(sequence->content);
  const std::optional<x509::der::Element> algorithm = inner.expect(x509::der::Tag::sequence);
  return algorithm ? to_hex(algorithm->whole) : std::string();
}

struct Pair {
  std::string_view key;  // AlgorithmIdentifier
  SignatureAlgorithm signature;
};
constexpr std::array<Pair, 7> pairs{{
    {"301306072a8648ce3d020106082a8648ce3d030107", SignatureAlgorithm::ecdsa_sha256},
    {"301006072a8648ce3d020106052b81040022", SignatureAlgorithm::ecdsa_sha384},
    {"301006072a8648ce3d020106052b81040023", SignatureAlgorithm::ecdsa_sha512},
    {"300d06092a864886f70d0101010500", SignatureAlgorithm::rsa_sha256},
    {"300d06092a864886f70d0101010500", SignatureAlgorithm::rsa_sha384},
    {"300d06092a864886f70d0101010500", SignatureAlgorithm::rsa_sha512},
    {"300506032b6570", SignatureAlgorithm::ed25519},
}};

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::ParsedTbs* signer = subject.issuer != nullptr ? &subject.issuer->fields() : &subject.tbs;
  const std::optional<SignatureAlgorithm> signature =
      crypto::parse_algorithm_identifier(subject.tbs.signature_algorithm);
  if (!signature) return;  // rfc5280.signature_algorithm has said so
  const std::string key = algorithm_of(signer->spki);
  const bool fits = std::any_of(pairs.begin(), pairs.end(), [&](const Pair& pair) {
    return pair.key == key && pair.signature == *signature;
  });
  if (!fits)
    report(self, findings, "the signature algorithm is not the one that belongs to the signer's key " + key);
}

}  // namespace

constinit const Lint signature_fits_key{
    .id = "house.signature_fits_key",
    .citation = "BR 7.1.3.2.2",
    .quote = "If the signing key is P-256, the signature MUST use ECDSA with SHA-256.",
    .advice = "Sign with SHA-256 under P-256, SHA-384 under P-384, SHA-512 under P-521.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .compares_issuer = true,
    .run = run};

}  // namespace chancery::lint::house
