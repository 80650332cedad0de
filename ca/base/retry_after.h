// How an Error says when the same request may be granted.
#pragma once

#include <string_view>

namespace chancery {

// The rule of the one ErrorDetail, beside those that say what is refused, whose value is that time as whole
// seconds from now, in decimal digits and at least 1. HTTP answers it as Retry-After, letter by letter.
inline constexpr std::string_view retry_after_rule = "quota.retry_after";

}  // namespace chancery
