// How OpenSSL names our signature algorithms: inside ca/crypto only.
#pragma once

#include "ca/crypto/algorithms.h"
#include "ca/crypto/openssl.h"

namespace chancery::crypto {

// nullptr for Ed25519, which takes no digest.
const EVP_MD* digest_of(SignatureAlgorithm algorithm);

// ECDSA with any SHA-2 on any curve, RSA with any SHA-2, Ed25519 with itself.
bool fits(SignatureAlgorithm algorithm, KeyAlgorithm key);

}  // namespace chancery::crypto
