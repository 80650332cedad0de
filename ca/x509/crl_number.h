// CRL numbers (RFC 5280 5.2.3).
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "ca/base/bytes.h"
#include "ca/base/result.h"

namespace chancery::x509 {

// Not negative and at most 20 octets, so below 2^159. Zero unless told otherwise.
class CrlNumber {
 public:
  CrlNumber() = default;
  explicit CrlNumber(std::uint64_t value);
  // INTEGER content octets. Errors: validation (negative, not minimal, over 20 octets).
  static Result<CrlNumber> from_bytes(ByteView content);
  // Decimal digits without a leading zero, at most 2^63 - 1; larger numbers are read, not typed. Errors:
  // validation.
  static Result<CrlNumber> parse(std::string_view text);

  // The number that comes after this one. Errors: validation when there is none below 2^159.
  [[nodiscard]] Result<CrlNumber> next() const;
  [[nodiscard]] ByteView bytes() const { return bytes_; }
  // Decimal up to 2^63 - 1, "0x" and hex beyond.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const CrlNumber&, const CrlNumber&) = default;
  friend std::strong_ordering operator<=>(const CrlNumber& a, const CrlNumber& b);

 private:
  explicit CrlNumber(Bytes bytes) : bytes_(std::move(bytes)) {}
  Bytes bytes_{0};  // content octets
};

}  // namespace chancery::x509
