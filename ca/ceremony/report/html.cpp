#include "ca/ceremony/report/html.h"

#include "ca/base/unicode.h"

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

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char octet : with_text_faults_replaced(text, replacement, "\n")) {
    if (const std::string_view name = entity(octet); !name.empty()) {
      out += name;
    } else {
      out += octet;
    }
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
