// SHA-2 (FIPS 180-4).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "ca/base/bytes.h"
#include "ca/crypto/algorithms.h"

namespace chancery::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(ByteView bytes);
// For key identifiers (RFC 5280 4.2.1.2 method 1) and old lists of weak keys: names, where nothing rests on
// collisions.
std::array<std::uint8_t, 20> sha1(ByteView bytes);

// What a signature of this algorithm is made over; nullopt for Ed25519, which hashes inside.
std::optional<Bytes> message_digest(SignatureAlgorithm algorithm, ByteView message);

}  // namespace chancery::crypto
