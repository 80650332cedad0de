#include "ca/x509/crl_number.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "ca/x509/der.h"

namespace chancery::x509 {
namespace {

constexpr std::size_t limit = 20;  // octets, RFC 5280 5.2.3
constexpr auto largest_typed = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

Error refusal(std::string_view what) {
  return make_error(ErrorCode::validation, "the CRL number " + std::string(what) + " (RFC 5280 5.2.3)");
}

}  // namespace

CrlNumber::CrlNumber(std::uint64_t value) {
  bytes_.clear();
  for (; value != 0; value >>= 8U) bytes_.insert(bytes_.begin(), static_cast<std::uint8_t>(value));
  if (bytes_.empty() || bytes_.front() >= 0x80) bytes_.insert(bytes_.begin(), 0);
}

Result<CrlNumber> CrlNumber::from_bytes(ByteView content) {
  if (content.size() > limit) return refusal("has more than 20 octets");
  if (!der::minimal_integer(content)) return refusal("is not minimally encoded");
  if (content[0] >= 0x80) return refusal("is negative");
  return CrlNumber(to_bytes(content));
}

Result<CrlNumber> CrlNumber::parse(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = fault == std::errc() && end == text.data() + text.size();
  if (!whole || value > largest_typed || (text.size() > 1 && text.front() == '0')) {
    return refusal("\"" + std::string(text.substr(0, 64)) + "\" is not a whole number from 0 to 2^63 - 1");
  }
  return CrlNumber(value);
}

Result<CrlNumber> CrlNumber::next() const {
  Bytes bytes = bytes_;
  std::size_t at = bytes.size();
  while (at != 0 && ++bytes[at - 1] == 0) --at;
  if (bytes.front() >= 0x80) bytes.insert(bytes.begin(), 0);  // the sign octet
  if (bytes.size() > limit) return refusal("has no successor below 2^159");
  return CrlNumber(std::move(bytes));
}

std::string CrlNumber::to_string() const {
  if (bytes_.size() > 8) return "0x" + to_hex(bytes_);
  std::uint64_t value = 0;
  for (const std::uint8_t octet : bytes_) value = (value << 8U) | octet;
  return std::to_string(value);
}

std::strong_ordering operator<=>(const CrlNumber& a, const CrlNumber& b) {
  if (a.bytes_.size() != b.bytes_.size()) return a.bytes_.size() <=> b.bytes_.size();
  return std::lexicographical_compare_three_way(a.bytes_.begin(), a.bytes_.end(), b.bytes_.begin(),
                                                b.bytes_.end());
}

}  // namespace chancery::x509
