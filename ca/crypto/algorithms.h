// The closed sets of key and signature algorithms, with their exact DER.
#pragma once

#include <optional>
#include <string_view>

#include "ca/base/bytes.h"

namespace chancery::crypto {

enum class KeyAlgorithm { ec_p256, ec_p384, ec_p521, rsa, ed25519 };

struct KeyType {
  KeyAlgorithm algorithm = KeyAlgorithm::ec_p256;
  int bits = 256;  // field size, or modulus size for RSA
  friend bool operator==(const KeyType&, const KeyType&) = default;
};

enum class SignatureAlgorithm {
  ecdsa_sha256,
  ecdsa_sha384,
  ecdsa_sha512,
  rsa_sha256,
  rsa_sha384,
  rsa_sha512,
  ed25519
};

std::string_view to_string(KeyAlgorithm algorithm);  // "P-256", "P-384", "P-521", "RSA", "Ed25519"
std::optional<KeyAlgorithm> parse_key_algorithm(std::string_view text);
std::string_view to_string(
    SignatureAlgorithm algorithm);  // "ecdsa-with-SHA256", "sha256WithRSAEncryption", ...

// The whole AlgorithmIdentifier SEQUENCE, byte-exact: ECDSA and Ed25519 without parameters (RFC 5758, RFC
// 8410), RSA with an explicit NULL (RFC 4055).
ByteView algorithm_identifier(SignatureAlgorithm algorithm);
// nullopt for anything that is not one of those encodings to the byte.
std::optional<SignatureAlgorithm> parse_algorithm_identifier(ByteView der);

// What a key of this type signs with: P-256 SHA-256, P-384 SHA-384, P-521 SHA-512, RSA SHA-256.
SignatureAlgorithm default_signature(const KeyType& key);

}  // namespace chancery::crypto
