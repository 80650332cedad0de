// Text as people read it: UTF-8 (RFC 3629), and the code points that would make it look like another. Pure;
// thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace chancery {

struct Character {
  char32_t code_point = 0;
  std::size_t size = 0;  // octets
};

// The one that `text` begins with. nullopt: `text` is empty, or does not begin with well-formed UTF-8 (no
// overlong forms, no surrogates, nothing above U+10FFFF, nothing cut off: Unicode 15, table 3-7).
std::optional<Character> first_character(std::string_view text);

bool is_utf8(std::string_view text);

// The second and later octets of a character.
constexpr bool continues_character(char octet) {
  return (static_cast<unsigned char>(octet) & 0xc0U) == 0x80U;
}

// Precondition: is_utf8(text).
std::size_t count_characters(std::string_view text);

// "U+202E"
std::string code_point_name(char32_t code_point);

struct TextFault {
  std::size_t offset = 0;  // octets
  bool malformed = false;  // it is no UTF-8; otherwise a code point that does not belong in text
  std::string what;        // "U+202E, which turns the direction of the text around; delete it"
};

// The first place at which `text` is not UTF-8, or has a code point that people cannot see as what it is, so
// that what is read and what is signed differ: controls (C0 but those in `controls`, DEL, C1), every
// space separator but U+0020 (Unicode 15, UnicodeData.txt, general category Zs: U+00A0, U+1680, U+2000 to
// U+200A, U+202F, U+205F, U+3000), line and paragraph separators, format characters (directions, zero widths,
// joiners, byte order marks, tags) but the visible ones that stand in front of Arabic, Syriac and Kaithi
// numbers, what else Unicode 15 calls Default_Ignorable_Code_Point (fillers, variation selectors), private
// use, and noncharacters. Letters, marks and emoji of every script pass, and so does what is not assigned
// yet. Joiners are refused although Persian, Indic scripts and composed emoji use them: what two texts differ
// in would be unseen.
std::optional<TextFault> find_text_fault(std::string_view text, std::string_view controls = {});

// For showing what was not refused: every such code point, and every octet that is no UTF-8, is
// `replacement`.
std::string with_text_faults_replaced(std::string_view text, std::string_view replacement,
                                      std::string_view controls = {});

// The same as `\u202e`, as JSON writes it (above U+FFFF as two of them), and an octet that is no UTF-8 as
// `\xff`: what is inside of a JSON string stays the same text.
std::string with_text_faults_escaped(std::string_view text, std::string_view controls = {});

}  // namespace chancery
