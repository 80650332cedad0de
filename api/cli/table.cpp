#include "api/cli/table.h"

#include <algorithm>

#include "ca/base/unicode.h"

namespace chancery::cli {
namespace {

// Code points, near enough to columns for names and times.
std::size_t width(const std::string& text) {
  return count_characters(printable(text));
}

}  // namespace

std::string printable(std::string_view text) {
  return with_text_faults_replaced(text, "?");
}

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], width(row[column]));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      text += printable(row[column]);
      if (column + 1 < row.size()) text.append(widths[column] + 2 - width(row[column]), ' ');
    }
    text += '\n';
  }
  return text;
}

std::string fields_text(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::size_t widest = 0;
  for (const auto& [name, value] : fields) widest = std::max(widest, name.size());
  std::string text;
  for (const auto& [name, value] : fields) {
    text += name + std::string(widest + 2 - name.size(), ' ') + printable(value) + "\n";
  }
  return text;
}

}  // namespace chancery::cli
