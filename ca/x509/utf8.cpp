#include "ca/x509/utf8.h"

#include <array>
#include <cstdint>

namespace chancery::x509 {
namespace {

struct Form {
  std::uint8_t lead, mask;
  std::size_t size;
  std::uint32_t least;  // smaller values are overlong
};
constexpr std::array<Form, 4> forms{
    {{0x00, 0x80, 1, 0}, {0xc0, 0xe0, 2, 0x80}, {0xe0, 0xf0, 3, 0x800}, {0xf0, 0xf8, 4, 0x10000}}};

bool acceptable(std::uint32_t character, std::uint32_t least) {
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  const bool control = character < 0x20 || (character >= 0x7f && character < 0xa0);
  return character >= least && character <= 0x10ffff && !surrogate && !control;
}

// Octets of the character at the front; 0 when there is no acceptable one.
std::size_t front_size(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  for (const Form& form : forms) {
    if ((lead & form.mask) != form.lead) continue;
    if (text.size() < form.size) return 0;
    std::uint32_t character = lead & static_cast<std::uint8_t>(~form.mask);
    for (std::size_t i = 1; i < form.size; ++i) {
      const auto next = static_cast<std::uint8_t>(text[i]);
      if ((next & 0xc0U) != 0x80U) return 0;
      character = (character << 6U) | (next & 0x3fU);
    }
    return acceptable(character, form.least) ? form.size : 0;
  }
  return 0;
}

}  // namespace

std::optional<std::size_t> count_characters(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t size = front_size(text);
    if (size == 0) return std::nullopt;
    text.remove_prefix(size);
    ++count;
  }
  return count;
}

}  // namespace chancery::x509
