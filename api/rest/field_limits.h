// How long the members of request bodies may be, in octets.
#pragma once

#include <cstddef>

namespace chancery::rest::field_limits {

inline constexpr std::size_t identity = 128;
inline constexpr std::size_t profile = 64;
inline constexpr std::size_t name = 512;
inline constexpr std::size_t names = 100;          // entries
inline constexpr std::size_t csr_pem = 24 * 1024;  // x509::csr_limit in base64, with line ends
inline constexpr std::size_t duration = 16;
inline constexpr std::size_t reason = 32;
inline constexpr std::size_t rejection = 256;  // why a request is rejected
inline constexpr std::size_t scope = 16;
inline constexpr std::size_t cursor = 512;

}  // namespace chancery::rest::field_limits
