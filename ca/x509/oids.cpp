#include "ca/x509/oids.h"

namespace chancery::x509::oids {

std::string to_dotted(ByteView oid) {
  if (oid.empty() || oid.back() >= 0x80) return "?";
  std::string text;
  std::uint64_t arc = 0;
  bool start = true;
  for (const std::uint8_t octet : oid) {
    if ((start && octet == 0x80) || arc >> 56U != 0) return "?";
    start = octet < 0x80;
    arc = (arc << 7U) | (octet & 0x7fU);
    if (!start) continue;
    if (text.empty()) {
      const std::uint64_t first = arc < 80 ? arc / 40 : 2;
      text = std::to_string(first) + "." + std::to_string(arc - first * 40);
    } else {
      text += "." + std::to_string(arc);
    }
    arc = 0;
  }
  return text;
}

}  // namespace chancery::x509::oids
