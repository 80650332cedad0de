// A public key taken from SubjectPublicKeyInfo (RFC 5280 4.1.2.7), and verification.
#pragma once

#include <memory>
#include <string>

#include "ca/base/bytes.h"
#include "ca/base/result.h"
#include "ca/crypto/algorithms.h"

namespace chancery::crypto {

// Immutable; copies share the key. Thread-safe.
class PublicKey {
 public:
  // Strict: the exact encodings of RFC 5480, RFC 8017 and RFC 8410, uncompressed points only, the point on
  // its curve, no trailing bytes, RSA of at most 8192 bits. Errors: validation. Does not judge strength: that
  // is key_quality's and the policy's. EC keys skip OpenSSL's decoder, which costs 125 us a key
  // (docs/reference/performance.md).
  static Result<PublicKey> from_spki(ByteView spki);
  // An EC key as tokens give it: the uncompressed point (SEC 1 2.3.3). Errors: validation.
  static Result<PublicKey> from_ec_point(KeyAlgorithm curve, ByteView point);

  [[nodiscard]] ByteView spki() const;
  [[nodiscard]] const KeyType& type() const;
  // SHA-1 of the subjectPublicKey BIT STRING's content (RFC 5280 4.2.1.2 method 1).
  [[nodiscard]] ByteView key_identifier() const;

  // Ok when `signature` is this key's over `message`. Errors: validation (it is not, or `algorithm` does not
  // fit the key).
  [[nodiscard]] Result<void> verify(SignatureAlgorithm algorithm, ByteView message, ByteView signature) const;

  struct State;

 private:
  explicit PublicKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

class KeyBlocklist;

// RSA >= 2048 bits, a multiple of 8, e odd in [2^16+1, 2^256-1], no small factor (BR 6.1.6), not of the ROCA
// kind, no factors so close that 100 rounds of Fermat's method find them (BR 6.1.1.3). No key of any kind
// that is on `blocked`. Errors: validation, naming the fault. EC and Ed25519 keys pass otherwise: from_spki
// has checked their points.
Result<void> check_key_quality(const PublicKey& key, const KeyBlocklist* blocked = nullptr);

}  // namespace chancery::crypto
