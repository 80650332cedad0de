#include "ca/crypto/secure_heap.h"

#include <gtest/gtest.h>

#include <optional>

#include "ca/crypto/private_key.h"

namespace chancery::crypto {
namespace {

TEST(SecureHeap, HoldsThePrivateScalarsOfGeneratedAndOfReadKeys) {
  ASSERT_TRUE(lock_private_keys());
  ASSERT_TRUE(lock_private_keys());  // twice is once
  // The generator's own state goes there with its first use, and stays.
  ASSERT_TRUE(PrivateKey::generate({KeyAlgorithm::ec_p384, 384}));
  const std::size_t before = locked_private_key_octets();
  std::optional<PrivateKey> generated = *PrivateKey::generate({KeyAlgorithm::ec_p384, 384});
  const std::size_t one = locked_private_key_octets();
  EXPECT_GT(one, before);
  {
    const auto read = PrivateKey::from_pkcs8(generated->to_pkcs8()->reveal());
    ASSERT_TRUE(read);
    EXPECT_GT(locked_private_key_octets(), one);
  }
  generated.reset();
  EXPECT_EQ(locked_private_key_octets(), before);
}

}  // namespace
}  // namespace chancery::crypto
