// Sealing under a passphrase: Argon2id (RFC 9106) makes the key, AES-256-GCM (NIST SP 800-38D) encrypts and
// authenticates. Both through Botan.
#pragma once

#include <array>
#include <cstdint>

#include "ca/base/bytes.h"
#include "ca/base/result.h"

namespace chancery::shares {

struct KdfParameters {
  std::uint32_t memory_kib = 0;
  std::uint32_t iterations = 0;
  std::uint32_t parallelism = 0;  // lanes; Botan computes them one after another
  friend bool operator==(const KdfParameters&, const KdfParameters&) = default;
};

// What is used for new shares, and what is accepted in a share that is read: below the floor a thief could
// guess, above the ceiling a forged file could stop the machine, and its officer be blamed for it.
struct KdfPolicy {
  KdfParameters use;
  KdfParameters floor;
  KdfParameters ceiling;
};

// Twice the memory of RFC 9106 section 4's second recommendation (64 MiB, 3 passes). Some 0.4 s and 128 MiB
// for each passphrase, one at a time: docs/reference/share-file.md. What is read may ask for twice as much of
// each, so that a version which writes more, but no more than that, still writes for this one. Tests inject
// smaller ones.
inline constexpr KdfPolicy production_kdf{{131072, 3, 1}, {65536, 3, 1}, {262144, 6, 2}};

// Errors: validation (outside the policy's floor or ceiling).
Result<void> check_kdf(const KdfParameters& parameters, const KdfPolicy& policy);

inline constexpr std::size_t least_passphrase = 12;   // octets
inline constexpr std::size_t most_passphrase = 1024;  // octets
inline constexpr std::size_t seal_overhead = 16;      // octets: GCM's tag

struct SealingInput {
  KdfParameters kdf;
  std::array<std::uint8_t, 16> salt{};   // random for each seal
  std::array<std::uint8_t, 12> nonce{};  // random for each seal; the key is used once
};

// Ciphertext and tag. `associated` is authenticated with it. The passphrase's octets count as they are: no
// Unicode normalisation. Errors: validation (passphrase of a wrong length), unavailable (not enough memory).
Result<Bytes> seal(const SecretBytes& plain, ByteView associated, const SecretBytes& passphrase,
                   const SealingInput& input);

// Errors: unauthorized (wrong passphrase, or anything was altered: the two cannot be told apart),
// unavailable.
Result<SecretBytes> unseal(ByteView sealed, ByteView associated, const SecretBytes& passphrase,
                           const SealingInput& input);

}  // namespace chancery::shares
