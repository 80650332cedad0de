// A private key dealt to officers: M of N shares, each sealed under its officer's own passphrase.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ca/base/random.h"
#include "ca/crypto/private_key.h"
#include "ca/shares/share_file.h"

namespace chancery::shares {

struct Officer {
  std::string name;
  SecretBytes passphrase;  // 12 to 1024 octets
};

// One share file for each officer, in their order. What is split is the key's PKCS#8; before anything is
// sealed the shares are joined again and give the same key. Takes some 0.4 s an officer with production_kdf.
// Not thread-safe in `random`. Errors: validation (numbers, a name, a passphrase; two officers of one name or
// with one passphrase), unavailable (memory).
Result<std::vector<ShareFile>> split_key(const crypto::PrivateKey& key, unsigned threshold,
                                         std::span<const Officer> officers, const KdfPolicy& kdf,
                                         RandomSource& random);

// The fingerprint by which share files name a key: SHA-256 of its SubjectPublicKeyInfo.
crypto::Sha256Digest key_fingerprint(const crypto::PublicKey& key);

}  // namespace chancery::shares
