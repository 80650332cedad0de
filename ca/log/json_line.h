// One log line as text. Internal to ca/log, apart from its own test.
#pragma once

#include <string>

#include "ca/log/log.h"

namespace chancery::log {

std::string_view to_string(Level level);  // "debug", "info", "warning", "error"

// JSON object without line end. Bytes that are not UTF-8 become U+FFFD; line ends are escaped, so that no
// value can forge a line. A field that would hide one of the fixed members is written with "field_" in front
// of its name.
std::string json_line(std::string_view timestamp, Level level, std::string_view component,
                      std::string_view event_type, std::string_view message, const Fields& fields);

}  // namespace chancery::log
