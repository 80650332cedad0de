#include "ca/policy/cidr.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace chancery::policy {

std::optional<Cidr::Address> Cidr::parse_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  Address address;
  const int family = text.find(':') == std::string_view::npos ? AF_INET : AF_INET6;
  if (inet_pton(family, terminated.data(), address.octets.data()) != 1) return std::nullopt;
  address.bits = family == AF_INET ? 32 : 128;
  return address;
}

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<Address> base = parse_address(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  if (!base || digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  Cidr range;
  range.base_ = *base;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), range.length_);
  if (error != std::errc() || end != digits.data() + digits.size() || range.length_ > base->bits)
    return std::nullopt;
  for (unsigned bit = range.length_; bit < base->bits; ++bit) {
    if ((static_cast<unsigned>(base->octets[bit / 8]) >> (7 - bit % 8) & 1U) != 0) return std::nullopt;
  }
  return range;
}

bool Cidr::same_prefix(const Address& other) const {
  const unsigned whole = length_ / 8, rest = length_ % 8;
  if (!std::equal(base_.octets.begin(), base_.octets.begin() + whole, other.octets.begin())) return false;
  if (rest == 0) return true;
  const unsigned difference =
      static_cast<unsigned>(base_.octets[whole]) ^ static_cast<unsigned>(other.octets[whole]);
  return difference >> (8 - rest) == 0;
}

bool Cidr::contains(std::string_view address) const {
  const std::optional<Address> parsed = parse_address(address);
  return parsed && parsed->bits == base_.bits && same_prefix(*parsed);
}

}  // namespace chancery::policy
