#include "ca/x509/serial.h"

#include "ca/x509/der.h"

namespace chancery::x509 {
namespace {

constexpr std::size_t limit = 20;  // RFC 5280 4.1.2.2
constexpr std::size_t random_octets = 16;

Error refusal(std::string_view text, std::string_view why) {
  return make_error(ErrorCode::validation, "\"" + std::string(text.substr(0, 64)) +
                                               "\" is not a serial number: " + std::string(why));
}

// Without colons, which may stand only between pairs of digits; nullopt otherwise.
std::optional<std::string> without_colons(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return std::string(text);
  if (text.back() == ':') return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] == ':') != (i % 3 == 2)) return std::nullopt;
    if (text[i] != ':') digits += text[i];
  }
  return digits;
}

}  // namespace

SerialNumber SerialNumber::generate(RandomSource& random) {
  Bytes bytes(1 + random_octets);
  random.fill(std::span(bytes).subspan(1));
  bytes[0] = 0x01;
  return SerialNumber(std::move(bytes));
}

Result<SerialNumber> SerialNumber::from_bytes(ByteView content) {
  const std::string text = to_hex(content.first(std::min(content.size(), limit + 1)));
  if (content.size() > limit) return refusal(text, "it has more than 20 octets (RFC 5280 4.1.2.2)");
  if (!der::minimal_integer(content)) return refusal(text, "it is not minimally encoded (X.690 8.3.2)");
  if (content[0] >= 0x80) return refusal(text, "it is negative (RFC 5280 4.1.2.2)");
  if (content.size() == 1 && content[0] == 0) return refusal(text, "it is zero (RFC 5280 4.1.2.2)");
  return SerialNumber(to_bytes(content));
}

Result<SerialNumber> SerialNumber::parse(std::string_view text) {
  const std::optional<std::string> digits = without_colons(text);
  const std::optional<Bytes> bytes = digits ? parse_hex(*digits) : std::nullopt;
  if (!bytes || bytes->empty()) {
    return refusal(text, "write it as hexadecimal digits, two for each octet, with or without colons");
  }
  return from_bytes(*bytes);
}

}  // namespace chancery::x509
