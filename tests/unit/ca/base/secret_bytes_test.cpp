#include <gtest/gtest.h>

#include <type_traits>

#include "ca/base/bytes.h"

namespace chancery {
namespace {

static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);

TEST(EqualConstantTime, ComparesContentAndLength) {
  EXPECT_TRUE(equal_constant_time({}, {}));
  EXPECT_TRUE(equal_constant_time(as_bytes("secret"), as_bytes("secret")));
  EXPECT_FALSE(equal_constant_time(as_bytes("secret"), as_bytes("secreT")));
  EXPECT_FALSE(equal_constant_time(as_bytes("Secret"), as_bytes("secret")));
  EXPECT_FALSE(equal_constant_time(as_bytes("secret"), as_bytes("secre")));
  EXPECT_FALSE(equal_constant_time(as_bytes("secret"), {}));
}

TEST(SecretBytes, TakesTheBytesAndLeavesNothingBehind) {
  Bytes bytes{1, 2, 3};
  const SecretBytes secret(std::move(bytes));
  EXPECT_TRUE(bytes.empty());  // NOLINT(bugprone-use-after-move): that is the promise
  EXPECT_EQ(to_hex(secret.reveal()), "010203");
}

TEST(SecretBytes, MovingEmptiesTheSource) {
  SecretBytes first = SecretBytes::copy_of(as_bytes("first"));
  SecretBytes second(std::move(first));
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is the promise
  SecretBytes third = SecretBytes::copy_of(as_bytes("third"));
  third = std::move(second);
  EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move): that is the promise
  EXPECT_EQ(as_text(third.reveal()), "first");
}

TEST(SecretBytes, MovingMakesNoSecondCopyInMemory) {
  SecretBytes secret = SecretBytes::copy_of(as_bytes("0123456789abcdef"));
  const std::uint8_t* const memory = secret.reveal().data();
  SecretBytes keeper(std::size_t{16});
  std::swap(secret, keeper);
  EXPECT_EQ(keeper.reveal().data(), memory);
  EXPECT_EQ(as_text(keeper.reveal()), "0123456789abcdef");
}

TEST(SecretBytes, ComparesByContent) {
  EXPECT_TRUE(SecretBytes::copy_of(as_bytes("a")) == SecretBytes::copy_of(as_bytes("a")));
  EXPECT_FALSE(SecretBytes::copy_of(as_bytes("a")) == SecretBytes::copy_of(as_bytes("b")));
}

}  // namespace
}  // namespace chancery
