// A secret in N shares of which any M give it back and M-1 tell nothing but its length: RTSS, which is
// Shamir's scheme over GF(2^8) with a SHA-256 of the secret shared along (draft-mcgrew-tss-03), through
// Botan.
//
// Not promised: constant time. Botan 2.19 multiplies with table look-ups that depend on the secret, which
// somebody who runs code on the same machine could time; a ceremony's machine has nobody else on it. Shares
// that were altered are found, but with exactly M of them not which one: ca/shares/quorum.h finds that by
// commitments.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/random.h"
#include "ca/base/result.h"

namespace chancery::shares {

inline constexpr unsigned least_threshold = 2;     // of one officer alone nothing depends
inline constexpr unsigned most_shares = 16;        // more people than that keep no secret
inline constexpr std::size_t secret_limit = 4096;  // octets; a P-521 key in PKCS#8 has 241
inline constexpr std::size_t share_overhead = 53;  // octets: header 20, index 1, SHA-256 32
using SetId = std::array<std::uint8_t, 16>;        // one split; shares of two splits never mix

// Share i (from 0) has index i + 1. 2 <= threshold <= count <= 16, 1 to 4096 octets of secret. `random` gives
// every coefficient. Errors: validation.
Result<std::vector<SecretBytes>> split(const SecretBytes& secret, unsigned threshold, unsigned count,
                                       const SetId& set, RandomSource& random);

// The secret, of at least M shares of one set, each once, in any order; all that are given must agree.
// Errors: validation (too few, the same twice, of different sets, or altered).
Result<SecretBytes> join(std::span<const SecretBytes> shares);

// What a share says of itself.
struct ShareHeader {
  SetId set{};
  unsigned threshold = 0;
  unsigned index = 0;
  friend bool operator==(const ShareHeader&, const ShareHeader&) = default;
};
// Errors: validation (not a share that split() makes).
Result<ShareHeader> read_header(const SecretBytes& share);

}  // namespace chancery::shares
