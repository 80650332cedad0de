#include "ca/store/sqlite/name_list.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <charconv>

namespace chancery::store {

std::string encode_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += std::to_string(name.size());
    text += ':';
    text += name;
    text += ',';
  }
  return text;
}

std::vector<std::string> decode_names(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || text.size() - digits < 2 || size > text.size() - digits - 2 ||
        text[digits] != ':' || text[digits + 1 + size] != ',') {
      throw SQLite::Exception("a stored list of names is malformed", SQLITE_CORRUPT);
    }
    names.emplace_back(text.substr(digits + 1, size));
    text.remove_prefix(digits + size + 2);
  }
  return names;
}

}  // namespace chancery::store
