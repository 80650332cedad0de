// Locked memory for the private scalars that OpenSSL holds.
#pragma once

#include <cstddef>

#include "ca/base/result.h"

namespace chancery::crypto {

// From now on OpenSSL keeps the private scalars of EC keys in an arena of 256 KiB (some 500 keys; beyond that
// it falls back to the ordinary heap) that is locked into memory, left out of core dumps and fenced by guard
// pages (CRYPTO_secure_malloc_init(3)). Call it in main, before the first key and the second thread; a second
// call does nothing. What OpenSSL holds for a moment while it encodes or decodes a key is wiped but not
// locked: mlockall(2) covers that. Errors: unavailable (the memory cannot be locked; nothing was changed for
// the worse).
Result<void> lock_private_keys();

// Octets in use in that arena; 0 before lock_private_keys().
std::size_t locked_private_key_octets();

}  // namespace chancery::crypto
