#include "ca/ceremony/interaction/wrapped_text.h"

#include <algorithm>

namespace chancery::ceremony {

std::string wrapped(std::string_view begin, std::string_view text, std::size_t indent, std::size_t width) {
  std::string out(begin);
  std::size_t column = begin.size();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (at != 0 && column + 1 + word.size() > width) {
      out.append("\n").append(indent, ' ');
      column = indent;
    } else if (at != 0) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    at = end + 1;
  }
  return out += '\n';
}

}  // namespace chancery::ceremony
