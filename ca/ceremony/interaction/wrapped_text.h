// Text that keeps to a width, on paper and on the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chancery::ceremony {

// `begin` and the words of `text`, which single spaces part; lines of at most `width` octets, all but the
// first behind `indent` spaces, each with its end. A word that is longer stands alone in a line of its own.
std::string wrapped(std::string_view begin, std::string_view text, std::size_t indent, std::size_t width);

}  // namespace chancery::ceremony
