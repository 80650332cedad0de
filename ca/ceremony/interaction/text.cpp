#include "ca/ceremony/interaction/text.h"

#include <algorithm>

namespace chancery::ceremony {
namespace {

constexpr std::string_view blanks = " \t";

char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

// The first character of UTF-8 text.
std::string_view first_character(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) ++size;
  return text.substr(0, size);
}

// Octets of the first character; 0 = it is none (RFC 3629, section 4).
std::size_t well_formed_character(std::string_view text) {
  const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = at(0);
  if (first < 0x80U) return 1;
  if (first < 0xc2U || first > 0xf4U) return 0;
  const std::size_t size = first < 0xe0U ? 2 : first < 0xf0U ? 3 : 4;
  if (text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xc0U) != 0x80U) return 0;
  }
  const unsigned second = at(1);
  const bool overlong = (first == 0xe0U && second < 0xa0U) || (first == 0xf0U && second < 0x90U);
  const bool surrogate = first == 0xedU && second > 0x9fU, beyond = first == 0xf4U && second > 0x8fU;
  return overlong || surrogate || beyond ? 0 : size;
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
    std::string letter(first_character(name.substr(at)));
    std::transform(letter.begin(), letter.end(), letter.begin(), upper);
    initials += letter;
    at = name.find_first_not_of(blanks, name.find_first_of(blanks, at));
  }
  return initials;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = well_formed_character(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char left, char right) { return upper(left) == upper(right); });
}

}  // namespace chancery::ceremony
