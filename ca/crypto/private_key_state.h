// What a PrivateKey holds: inside ca/crypto only.
#pragma once

#include <array>

#include "ca/crypto/openssl.h"
#include "ca/crypto/private_key.h"

namespace chancery::crypto {

struct PrivateKey::State {
  // Errors: validation for a key that is none of ours.
  static Result<std::unique_ptr<State>> around(EvpPkey key);
  State(EvpPkey secret, PublicKey half) : key(std::move(secret)), public_key(std::move(half)) {}

  EvpPkey key;  // OpenSSL wipes it when freed
  PublicKey public_key;
  // One for each SignatureAlgorithm that fits the key; only ever copied. Ed25519 has none: OpenSSL 3.0 cannot
  // copy a context without a digest.
  std::array<EvpMdCtx, 7> prepared;
};

}  // namespace chancery::crypto
