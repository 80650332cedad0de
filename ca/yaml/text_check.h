// What a text must be before yaml-cpp sees it. Internal to ca/yaml.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace chancery::yaml {

// The offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7: no overlong
// forms, no surrogates, nothing above U+10FFFF) or that is a control character other than tab, line feed and
// carriage return.
std::optional<std::size_t> first_bad_byte(std::string_view text);

}  // namespace chancery::yaml
