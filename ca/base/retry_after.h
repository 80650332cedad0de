// How an Error says when the same request may be granted.
#pragma once

#include <string_view>

#include "ca/base/clock.h"
#include "ca/base/error.h"

namespace chancery {

// The rule of the one ErrorDetail, beside those that say what is refused, whose value is that time as whole
// seconds from now, in decimal digits and at least 1. HTTP answers it as Retry-After, letter by letter.
inline constexpr std::string_view retry_after_rule = "quota.retry_after";

// When people decide what waits for them is unknown; to ask more often than this is of no use.
inline constexpr Seconds ask_while_people_decide{60};

// That detail, of a refusal at `now` that may pass at `at`; the next second when that is over.
ErrorDetail retry_after(TimePoint now, TimePoint at);

}  // namespace chancery
