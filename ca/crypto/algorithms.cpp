#include "ca/crypto/algorithms.h"

#include <array>

namespace chancery::crypto {
namespace {

struct SignatureRow {
  SignatureAlgorithm algorithm;
  std::string_view name;
  std::array<std::uint8_t, 15> der;
  std::size_t size;
};

// In the order of the enumeration.
constexpr std::array<SignatureRow, 7> signatures{{
    {SignatureAlgorithm::ecdsa_sha256,
     "ecdsa-with-SHA256",
     {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02},
     12},
    {SignatureAlgorithm::ecdsa_sha384,
     "ecdsa-with-SHA384",
     {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03},
     12},
    {SignatureAlgorithm::ecdsa_sha512,
     "ecdsa-with-SHA512",
     {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04},
     12},
    {SignatureAlgorithm::rsa_sha256,
     "sha256WithRSAEncryption",
     {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00},
     15},
    {SignatureAlgorithm::rsa_sha384,
     "sha384WithRSAEncryption",
     {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c, 0x05, 0x00},
     15},
    {SignatureAlgorithm::rsa_sha512,
     "sha512WithRSAEncryption",
     {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d, 0x05, 0x00},
     15},
    {SignatureAlgorithm::ed25519, "Ed25519", {0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70}, 7},
}};

const SignatureRow& row(SignatureAlgorithm algorithm) {
  return signatures.at(static_cast<std::size_t>(algorithm));
}

}  // namespace

std::string_view to_string(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::ec_p256:
      return "P-256";
    case KeyAlgorithm::ec_p384:
      return "P-384";
    case KeyAlgorithm::ec_p521:
      return "P-521";
    case KeyAlgorithm::rsa:
      return "RSA";
    case KeyAlgorithm::ed25519:
      return "Ed25519";
  }
  return "unknown";
}

std::optional<KeyAlgorithm> parse_key_algorithm(std::string_view text) {
  for (const KeyAlgorithm algorithm : {KeyAlgorithm::ec_p256, KeyAlgorithm::ec_p384, KeyAlgorithm::ec_p521,
                                       KeyAlgorithm::rsa, KeyAlgorithm::ed25519}) {
    if (text == to_string(algorithm)) return algorithm;
  }
  return std::nullopt;
}

std::string_view to_string(SignatureAlgorithm algorithm) {
  return row(algorithm).name;
}

ByteView algorithm_identifier(SignatureAlgorithm algorithm) {
  return ByteView(row(algorithm).der).first(row(algorithm).size);
}

std::optional<SignatureAlgorithm> parse_algorithm_identifier(ByteView der) {
  for (const SignatureRow& known : signatures) {
    if (equal(der, algorithm_identifier(known.algorithm))) return known.algorithm;
  }
  return std::nullopt;
}

SignatureAlgorithm default_signature(const KeyType& key) {
  switch (key.algorithm) {
    case KeyAlgorithm::ec_p256:
      return SignatureAlgorithm::ecdsa_sha256;
    case KeyAlgorithm::ec_p384:
      return SignatureAlgorithm::ecdsa_sha384;
    case KeyAlgorithm::ec_p521:
      return SignatureAlgorithm::ecdsa_sha512;
    case KeyAlgorithm::rsa:
      return SignatureAlgorithm::rsa_sha256;
    case KeyAlgorithm::ed25519:
      return SignatureAlgorithm::ed25519;
  }
  return SignatureAlgorithm::ecdsa_sha256;
}

}  // namespace chancery::crypto
