// Tables for people: columns aligned, two spaces apart, nothing drawn around them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chancery::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
  // As many cells as the head has.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // What does not belong in text (ca/base/unicode.h) becomes '?' in cells: what a server sends must not reach
  // the terminal as commands, nor show as something else.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// "name  value" lines, aligned.
std::string fields_text(const std::vector<std::pair<std::string, std::string>>& fields);

// As Table::text treats its cells.
std::string printable(std::string_view text);

}  // namespace chancery::cli
