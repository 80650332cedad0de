// HTML, piece by piece. There is no other way to get text of a bundle into a report than through the escapes
// here. A template engine would be a library more on the offline machine for a dozen tables.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace chancery::ceremony {

class Html {
 public:
  // Tags and classes are the program's own words, never a bundle's.
  Html& open(std::string_view tag, std::string_view classes = "");
  Html& close(std::string_view tag);
  // Escaped. What is not UTF-8, and code points that do not belong in text (ca/base/unicode.h) but line
  // feeds, become U+FFFD.
  Html& text(std::string_view text);
  // <tag>text</tag>
  Html& element(std::string_view tag, std::string_view text, std::string_view classes = "");
  // Trusted, as it is: the style sheet.
  Html& raw(std::string_view markup);

  Html& begin_table(std::initializer_list<std::string_view> heads, std::string_view classes = "");
  Html& row(const std::vector<std::string>& cells);
  // A row of a table without a head: what it is, and its value.
  Html& fact(std::string_view name, std::string_view value, std::string_view classes = "");
  Html& end_table();

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// What text() makes of it.
std::string escape_html(std::string_view text);

}  // namespace chancery::ceremony
