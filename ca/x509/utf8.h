// UTF-8 (RFC 3629) as names need it: inside ca/x509 only.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace chancery::x509 {

// The number of characters; nullopt for malformed UTF-8 (overlong forms and surrogates included) and for
// control characters (C0, DEL, C1).
std::optional<std::size_t> count_characters(std::string_view text);

}  // namespace chancery::x509
