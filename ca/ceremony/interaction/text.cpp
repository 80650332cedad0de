#include "ca/ceremony/interaction/text.h"

#include <algorithm>
#include <optional>

#include "ca/base/unicode.h"

namespace chancery::ceremony {
namespace {

constexpr std::string_view blanks = " \t";

char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

}  // namespace

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(blanks) + 1 - begin));
}

std::string initials_of(std::string_view name) {
  std::string initials;
  for (std::size_t at = name.find_first_not_of(blanks); at != std::string_view::npos;) {
    const std::optional<Character> first = first_character(name.substr(at));
    std::string letter(name.substr(at, first ? first->size : 1));
    std::transform(letter.begin(), letter.end(), letter.begin(), upper);
    initials += letter;
    at = name.find_first_not_of(blanks, name.find_first_of(blanks, at));
  }
  return initials;
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char left, char right) { return upper(left) == upper(right); });
}

}  // namespace chancery::ceremony
