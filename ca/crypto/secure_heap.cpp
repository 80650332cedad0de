#include "ca/crypto/secure_heap.h"

#include <openssl/crypto.h>

namespace chancery::crypto {
namespace {

constexpr std::size_t arena = 262144, smallest = 16;  // octets, powers of two
constexpr int locked = 1;                             // 2: initialised, but not locked or fenced

}  // namespace

Result<void> lock_private_keys() {
  if (CRYPTO_secure_malloc_initialized() == 1) return {};
  if (CRYPTO_secure_malloc_init(arena, smallest) == locked) return {};
  return make_error(
      ErrorCode::unavailable,
      "the memory for private keys cannot be locked; raise the limit (ulimit -l) to 1024 or more");
}

std::size_t locked_private_key_octets() {
  return CRYPTO_secure_malloc_initialized() == 1 ? CRYPTO_secure_used() : 0;
}

}  // namespace chancery::crypto
