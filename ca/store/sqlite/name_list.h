// Several names in one column: netstrings ("15:dns:web.example,"), which no name can break out of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chancery::store {

std::string encode_names(const std::vector<std::string>& names);
// Throws SQLite::Exception (corrupt) for anything encode_names does not write.
std::vector<std::string> decode_names(std::string_view text);

}  // namespace chancery::store
