// The key by which a client asks again for the very same (draft-ietf-httpapi-idempotency-key-header).
#pragma once

#include <algorithm>
#include <string_view>

namespace chancery {

// What one must be, in words for people.
inline constexpr std::string_view idempotency_key_rule = "1 to 128 visible ASCII characters";

constexpr bool is_idempotency_key(std::string_view key) {
  constexpr std::size_t longest = 128;
  return !key.empty() && key.size() <= longest &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace chancery
