// The serial number in what is about to be signed.
#pragma once

#include <string>

#include "ca/base/bytes.h"

namespace chancery::test {
namespace der {

inline constexpr std::uint8_t sequence_tag = 0x30, integer_tag = 0x02, version_tag = 0xa0;

// Past tag and length of the element at `at`, whose content has `size` octets; a TBSCertificate is never so
// long that a length takes more than two octets. False when it is no `tag`.
inline bool enter(ByteView der, std::size_t& at, std::uint8_t tag, std::size_t& size) {
  if (at + 4 > der.size() || der[at] != tag) return false;
  const std::uint8_t first = der[at + 1];
  const std::size_t octets = first < 0x80 ? 0 : first - 0x80U;
  if (octets > 2) return false;
  size = octets == 0 ? first : 0;
  for (std::size_t i = 0; i < octets; ++i) size = size * 256 + der[at + 2 + i];
  at += 2 + octets;
  return at + size <= der.size();
}

}  // namespace der

// Of a TBSCertificate (RFC 5280 4.1), read by hand so that this count does not trust what it counts. "" for
// anything else, such as what /health signs.
inline std::string tbs_serial(ByteView tbs) {
  std::size_t at = 0, size = 0;
  if (!der::enter(tbs, at, der::sequence_tag, size)) return {};
  if (!der::enter(tbs, at, der::version_tag, size)) return {};
  at += size;
  if (!der::enter(tbs, at, der::integer_tag, size)) return {};
  return to_hex(tbs.subspan(at, size));
}

}  // namespace chancery::test
