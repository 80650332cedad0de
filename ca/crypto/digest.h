// SHA-2 (FIPS 180-4).
#pragma once

#include <array>
#include <cstdint>

#include "ca/base/bytes.h"

namespace chancery::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(ByteView bytes);
std::array<std::uint8_t, 20> sha1(ByteView bytes);  // for key identifiers only (RFC 5280 4.2.1.2 method 1)

}  // namespace chancery::crypto
