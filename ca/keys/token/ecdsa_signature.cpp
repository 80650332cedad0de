#include "ca/keys/token/ecdsa_signature.h"

#include <algorithm>

namespace chancery::keys {
namespace {

constexpr std::size_t longest = 132;  // P-521
constexpr std::uint8_t sequence = 0x30, integer = 0x02;

// A positive INTEGER; every length here is below 128.
bool append_integer(Bytes& out, ByteView magnitude) {
  const auto first =
      std::find_if(magnitude.begin(), magnitude.end(), [](std::uint8_t octet) { return octet != 0; });
  if (first == magnitude.end()) return false;
  const ByteView digits = magnitude.subspan(static_cast<std::size_t>(first - magnitude.begin()));
  const bool padded = digits.front() >= 0x80;
  out.push_back(integer);
  out.push_back(static_cast<std::uint8_t>(digits.size() + (padded ? 1 : 0)));
  if (padded) out.push_back(0);
  out.insert(out.end(), digits.begin(), digits.end());
  return true;
}

}  // namespace

std::optional<Bytes> ecdsa_sig_value(ByteView raw) {
  if (raw.empty() || raw.size() % 2 != 0 || raw.size() > longest) return std::nullopt;
  Bytes body;
  if (!append_integer(body, raw.first(raw.size() / 2)) || !append_integer(body, raw.last(raw.size() / 2))) {
    return std::nullopt;
  }
  Bytes der{sequence};
  if (body.size() >= 0x80) der.push_back(0x81);
  der.push_back(static_cast<std::uint8_t>(body.size()));
  der.insert(der.end(), body.begin(), body.end());
  return der;
}

}  // namespace chancery::keys
