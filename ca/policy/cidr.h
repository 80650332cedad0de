// Address ranges (RFC 4632, RFC 4291 2.3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace chancery::policy {

// Immutable. IPv4 and IPv6 are different families: ::ffff:10.0.0.1 is in no IPv4 range.
class Cidr {
 public:
  // "10.0.0.0/8": nullopt without a length, with host bits set, or when malformed.
  static std::optional<Cidr> parse(std::string_view text);
  // False for text that is no address.
  [[nodiscard]] bool contains(std::string_view address) const;

 private:
  struct Address {
    std::array<std::uint8_t, 16> octets{};
    unsigned bits = 0;  // 32 or 128
  };
  static std::optional<Address> parse_address(std::string_view text);
  [[nodiscard]] bool same_prefix(const Address& other) const;

  Address base_;
  unsigned length_ = 0;
};

}  // namespace chancery::policy
