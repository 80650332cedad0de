#include "ca/base/unicode.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace chancery {
namespace {

constexpr std::string_view direction = "turns the direction of the text around; delete it",
                           breaks_line = "breaks the line; delete it, or begin a new line",
                           unseen = "nobody can see; delete it",
                           joiner = "nobody can see; delete it, and write the word or emoji without it",
                           varies = "nobody can see; delete it, and take the letter or emoji as it is",
                           space = "looks like another space; write a plain one (U+0020)",
                           private_use = "is for private use and has no meaning of its own; delete it",
                           none = "is no character; delete it";

struct Row {
  char32_t first, last;
  std::string_view why;  // after "which"
};

// Unicode 15: general categories Cf (but Prepended_Concatenation_Mark), Zs (but U+0020), Zl, Zp and Co; and
// Default_Ignorable_Code_Point. In order; controls and noncharacters are judged by their form.
constexpr std::array rows{
    Row{0x00a0, 0x00a0, space},           Row{0x00ad, 0x00ad, unseen},    Row{0x034f, 0x034f, unseen},
    Row{0x061c, 0x061c, direction},       Row{0x115f, 0x1160, unseen},    Row{0x1680, 0x1680, space},
    Row{0x17b4, 0x17b5, unseen},          Row{0x180b, 0x180f, varies},    Row{0x2000, 0x200a, space},
    Row{0x200b, 0x200b, unseen},          Row{0x200c, 0x200d, joiner},    Row{0x200e, 0x200f, direction},
    Row{0x2028, 0x2029, breaks_line},     Row{0x202a, 0x202e, direction}, Row{0x202f, 0x202f, space},
    Row{0x205f, 0x205f, space},           Row{0x2060, 0x2065, unseen},    Row{0x2066, 0x2069, direction},
    Row{0x206a, 0x206f, unseen},          Row{0x3000, 0x3000, space},     Row{0x3164, 0x3164, unseen},
    Row{0xe000, 0xf8ff, private_use},     Row{0xfe00, 0xfe0f, varies},    Row{0xfeff, 0xfeff, unseen},
    Row{0xffa0, 0xffa0, unseen},          Row{0xfff0, 0xfffb, unseen},    Row{0x13430, 0x1343f, unseen},
    Row{0x1bca0, 0x1bca3, unseen},        Row{0x1d173, 0x1d17a, unseen},  Row{0xe0000, 0xe00ff, unseen},
    Row{0xe0100, 0xe01ef, varies},        Row{0xe01f0, 0xe0fff, unseen},  Row{0xf0000, 0xffffd, private_use},
    Row{0x100000, 0x10fffd, private_use},
};

constexpr bool in_order() {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i - 1].last >= rows[i].first) return false;
  }
  return true;
}
static_assert(in_order());

bool is_control(char32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
}

bool is_noncharacter(char32_t code_point) {
  return (code_point >= 0xfdd0 && code_point <= 0xfdef) || (code_point & 0xfffeU) == 0xfffeU;
}

// After "U+202E, which"; "" = nothing is wrong with it.
std::string_view row_of(char32_t code_point) {
  if (code_point < rows.front().first) return {};
  if (is_noncharacter(code_point)) return none;
  const auto* const row = std::lower_bound(rows.begin(), rows.end(), code_point,
                                           [](const Row& a, char32_t b) { return a.last < b; });
  return row == rows.end() || row->first > code_point ? std::string_view() : row->why;
}

// "" = it may stand in a text.
std::string fault_of(char32_t code_point, std::string_view controls) {
  if (is_control(code_point)) {
    const bool allowed =
        code_point < 0x80 && controls.find(static_cast<char>(code_point)) != std::string_view::npos;
    return allowed ? "" : "the control character " + code_point_name(code_point) + "; delete it";
  }
  const std::string_view why = row_of(code_point);
  return why.empty() ? "" : code_point_name(code_point) + ", which " + std::string(why);
}

// Of the character at the front, "" when it is none; its size is at least 1.
struct Front {
  std::size_t size = 1;
  bool malformed = true;
  std::string fault;
};

Front front_of(std::string_view text, std::string_view controls) {
  const std::optional<Character> character = first_character(text);
  if (character) return {character->size, false, fault_of(character->code_point, controls)};
  return {1, true, "an octet that is not UTF-8; save the text as UTF-8"};
}

std::string hex_of(std::uint32_t value, std::size_t least) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (std::uint32_t rest = value; rest != 0 || hex.size() < least; rest >>= 4U)
    hex.insert(hex.begin(), digits[rest & 0xfU]);
  return hex;
}

// Of the front of `text`.
std::string escape_of(std::string_view text) {
  const std::optional<Character> character = first_character(text);
  if (!character) return "\\x" + hex_of(static_cast<std::uint8_t>(text.front()), 2);
  if (character->code_point <= 0xffff) return "\\u" + hex_of(character->code_point, 4);
  const std::uint32_t beyond = character->code_point - 0x10000U;
  return "\\u" + hex_of(0xd800U + (beyond >> 10U), 4) + "\\u" + hex_of(0xdc00U + (beyond & 0x3ffU), 4);
}

}  // namespace

std::optional<Character> first_character(std::string_view text) {
  const auto at = [text](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  if (text.empty()) return std::nullopt;
  const std::uint8_t first = at(0);
  if (first < 0x80) return Character{first, 1};
  if (first < 0xc2 || first > 0xf4) return std::nullopt;
  const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  char32_t code_point = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xc0U) != 0x80U) return std::nullopt;
    code_point = (code_point << 6U) | (at(i) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};  // less is overlong
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (code_point < least.at(size) || code_point > 0x10ffff || surrogate) return std::nullopt;
  return Character{code_point, size};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::optional<Character> character = first_character(text);
    if (!character) return false;
    text.remove_prefix(character->size);
  }
  return true;
}

std::size_t count_characters(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

std::string code_point_name(char32_t code_point) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string hex;
  for (std::uint32_t rest = code_point; rest != 0 || hex.size() < 4; rest >>= 4U)
    hex.insert(hex.begin(), digits[rest & 0xfU]);
  return "U+" + hex;
}

std::optional<TextFault> find_text_fault(std::string_view text, std::string_view controls) {
  for (std::size_t offset = 0; offset < text.size();) {
    Front front = front_of(text.substr(offset), controls);
    if (!front.fault.empty()) return TextFault{offset, front.malformed, std::move(front.fault)};
    offset += front.size;
  }
  return std::nullopt;
}

std::string with_text_faults_replaced(std::string_view text, std::string_view replacement,
                                      std::string_view controls) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Front front = front_of(text, controls);
    out += front.fault.empty() ? text.substr(0, front.size) : replacement;
    text.remove_prefix(front.size);
  }
  return out;
}

std::string with_text_faults_escaped(std::string_view text, std::string_view controls) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Front front = front_of(text, controls);
    out += front.fault.empty() ? std::string(text.substr(0, front.size)) : escape_of(text);
    text.remove_prefix(front.size);
  }
  return out;
}

}  // namespace chancery
