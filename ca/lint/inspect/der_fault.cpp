#include "ca/lint/inspect/der_fault.h"

namespace chancery::lint {
namespace {

constexpr std::size_t deepest = 32;
constexpr std::uint8_t constructed = 0x20, long_form = 0x80, many_octet_tag = 0x1f;

struct Header {
  std::size_t size = 0;     // of tag and length
  std::size_t content = 0;  // bytes that the length states
};

// What is wrong with the element that begins here, or its header.
std::optional<std::string> read_header(ByteView at, Header& header) {
  if (at.size() < 2) return "it ends in the middle of a tag and length";
  if ((at[0] & many_octet_tag) == many_octet_tag) return "a tag of several octets";
  if (at[1] < long_form) {
    header = {2, at[1]};
  } else {
    const std::size_t octets = at[1] & 0x7fU;
    if (octets == 0) return "an indefinite length, which is BER";
    if (octets > 4 || octets + 2 > at.size()) return "a length of " + std::to_string(octets) + " octets";
    std::size_t value = 0;
    for (std::size_t i = 0; i < octets; ++i) value = value << 8U | at[2 + i];
    if (at[2] == 0 || value < long_form) return "a length that is not written in the fewest octets";
    header = {2 + octets, value};
  }
  if (header.content <= at.size() - header.size) return std::nullopt;
  return "it states " + std::to_string(header.content) + " bytes, and " +
         std::to_string(at.size() - header.size) + " follow: it is truncated, or its length is wrong";
}

std::optional<DerFault> look(ByteView list, std::size_t offset, std::size_t depth) {
  while (!list.empty()) {
    Header header;
    if (std::optional<std::string> fault = read_header(list, header)) return DerFault{offset, *fault};
    if ((list[0] & constructed) != 0) {
      if (depth == deepest) return DerFault{offset, "nested more than 32 deep"};
      const ByteView content = list.subspan(header.size, header.content);
      if (auto fault = look(content, offset + header.size, depth + 1)) return fault;
    }
    offset += header.size + header.content;
    list = list.subspan(header.size + header.content);
  }
  return std::nullopt;
}

}  // namespace

std::optional<DerFault> first_der_fault(ByteView der) {
  Header whole;
  if (std::optional<std::string> fault = read_header(der, whole)) return DerFault{0, *fault};
  if (const std::size_t size = whole.size + whole.content; size != der.size()) {
    return DerFault{size, std::to_string(der.size() - size) + " bytes follow the end"};
  }
  return look(der, 0, 0);
}

}  // namespace chancery::lint
