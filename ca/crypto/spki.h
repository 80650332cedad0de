// SubjectPublicKeyInfo taken apart, without OpenSSL: inside ca/crypto only.
#pragma once

#include <optional>

#include "ca/base/bytes.h"
#include "ca/base/result.h"
#include "ca/crypto/algorithms.h"

namespace chancery::crypto {

inline constexpr int rsa_limit = 8192;  // bits: verification costs grow with the square of it

// Views into the SPKI that was read.
struct SpkiParts {
  KeyType type;
  ByteView key;       // content of the BIT STRING: point, Ed25519 key or RSAPublicKey
  ByteView modulus;   // RSA only: big-endian, without the sign octet
  ByteView exponent;  // RSA only
};

// One of the exact encodings of RFC 5480 (named curve, uncompressed point), RFC 8410 or RFC 8017 (NULL
// parameters), to the byte. Whether a point lies on its curve is not checked here. Errors: validation.
Result<SpkiParts> read_spki(ByteView spki);

// The SPKI around an uncompressed point (RFC 5480 2.2). nullopt when the curve is none of ours or the point
// has not its size and form.
std::optional<Bytes> write_ec_spki(KeyAlgorithm curve, ByteView point);

}  // namespace chancery::crypto
