#include "ca/ceremony/report/html.h"

#include <algorithm>

namespace chancery::ceremony {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

std::string_view entity(char character) {
  switch (character) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

bool is_control(char character) {
  const auto octet = static_cast<unsigned char>(character);
  return (octet < 0x20 && character != '\n') || octet == 0x7f;
}

// Octets of the well-formed UTF-8 sequence at the start of `text`, 0 when there is none (RFC 3629; overlong
// forms of three and four octets and surrogates are left to the browser, which shows them as U+FFFD as well).
std::size_t sequence_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80                     ? 1
                             : first >= 0xc2 && first <= 0xdf ? 2
                             : (first & 0xf0U) == 0xe0        ? 3
                             : first >= 0xf0 && first <= 0xf4 ? 4
                                                              : 0;
  if (length == 0 || text.size() < length) return 0;
  const auto follows = [](char octet) { return (static_cast<unsigned char>(octet) & 0xc0U) == 0x80; };
  return std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), follows) ? length
                                                                                                    : 0;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0 || is_control(text.front())) {
      out += replacement;
    } else if (const std::string_view name = entity(text.front()); !name.empty()) {
      out += name;
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

Html& Html::raw(std::string_view markup) {
  out_ += markup;
  return *this;
}

Html& Html::open(std::string_view tag, std::string_view classes) {
  out_.append("<").append(tag);
  if (!classes.empty()) out_.append(" class=\"").append(classes).append("\"");
  out_ += '>';
  return *this;
}

Html& Html::close(std::string_view tag) {
  out_.append("</").append(tag).append(">\n");
  return *this;
}

Html& Html::text(std::string_view text) {
  out_ += escape_html(text);
  return *this;
}

Html& Html::element(std::string_view tag, std::string_view text, std::string_view classes) {
  return open(tag, classes).text(text).close(tag);
}

Html& Html::begin_table(std::initializer_list<std::string_view> heads, std::string_view classes) {
  open("table", classes);
  if (heads.size() != 0) {
    open("thead").open("tr");
    for (const std::string_view head : heads) element("th", head);
    close("tr").close("thead");
  }
  return open("tbody");
}

Html& Html::row(const std::vector<std::string>& cells) {
  open("tr");
  for (const std::string& cell : cells) element("td", cell);
  return close("tr");
}

Html& Html::fact(std::string_view name, std::string_view value, std::string_view classes) {
  return open("tr").element("th", name).element("td", value, classes).close("tr");
}

Html& Html::end_table() {
  return close("tbody").close("table");
}

}  // namespace chancery::ceremony
