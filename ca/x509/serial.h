// Serial numbers (RFC 5280 4.1.2.2).
#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>

#include "ca/base/bytes.h"
#include "ca/base/random.h"
#include "ca/base/result.h"

namespace chancery::x509 {

// Positive, 1..20 octets. Generated ones are 17 octets: 0x01 and 128 random bits, so that length and first
// byte are fixed.
class SerialNumber {
 public:
  static SerialNumber generate(RandomSource& random);
  // INTEGER content octets. Errors: validation (zero, negative, not minimal, over 20 octets).
  static Result<SerialNumber> from_bytes(ByteView content);
  // Hex as to_string gives it; colons and upper case accepted. Errors: validation.
  static Result<SerialNumber> parse(std::string_view text);

  [[nodiscard]] ByteView bytes() const { return bytes_; }
  [[nodiscard]] std::string to_string() const {
    return to_hex(bytes_);
  }  // lower-case hex: the REST path's and the store's key
  friend bool operator==(const SerialNumber&, const SerialNumber&) = default;

 private:
  explicit SerialNumber(Bytes bytes) : bytes_(std::move(bytes)) {}
  Bytes bytes_;
};

}  // namespace chancery::x509
