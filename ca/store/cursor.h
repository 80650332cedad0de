// The cursor of list_certificates: opaque to callers, the same in every implementation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ca/base/result.h"

namespace chancery::store {

// `position` >= 1: the last row that was given.
std::string encode_cursor(std::int64_t position);
// "" is the start: the largest position. Errors: validation for anything encode_cursor does not write.
Result<std::int64_t> decode_cursor(std::string_view cursor);

}  // namespace chancery::store
