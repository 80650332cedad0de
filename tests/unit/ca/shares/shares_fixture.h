// Officers, a key and quick Argon2id parameters, for the tests of ca/shares.
#pragma once

#include <string>
#include <vector>

#include "ca/base/random.h"
#include "ca/shares/split_key.h"

namespace chancery::shares {

inline constexpr KdfPolicy quick_kdf{{64, 2, 1}, {32, 1, 1}, {128, 4, 2}};

inline SecretBytes passphrase_of(const std::string& officer) {
  return SecretBytes::copy_of(as_bytes("passphrase of " + officer));
}

inline std::vector<Officer> officers(unsigned count) {
  std::vector<Officer> people;
  for (unsigned i = 1; i <= count; ++i) {
    const std::string name = "Officer " + std::to_string(i);
    people.push_back({name, passphrase_of(name)});
  }
  return people;
}

inline crypto::PrivateKey new_key() {
  return *crypto::PrivateKey::generate({crypto::KeyAlgorithm::ec_p384, 384});
}

inline std::vector<ShareFile> deal(const crypto::PrivateKey& key, unsigned threshold, unsigned count,
                                   std::uint64_t seed = 1) {
  FixedRandom random(seed);
  return *split_key(key, threshold, officers(count), quick_kdf, random);
}

}  // namespace chancery::shares
