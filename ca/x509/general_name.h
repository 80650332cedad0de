// Subject alternative names (RFC 5280 4.2.1.6).
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/result.h"

namespace chancery::x509 {

enum class GeneralNameType { dns, email, uri, ip };

struct GeneralName {
  GeneralNameType type = GeneralNameType::dns;
  std::string value;  // dns: lower-case LDH labels; ip: dotted quad or RFC 5952; uri, email: as given
  friend auto operator<=>(const GeneralName&, const GeneralName&) = default;
};

std::string_view to_string(GeneralNameType type);  // "dns", "email", "uri", "ip"
std::string to_string(const GeneralName& name);    // "dns:web.example"
// The inverse of to_string, with the value checked and brought to canonical form. Errors: validation.
Result<GeneralName> parse_general_name(std::string_view text);

// Errors: validation, naming the value. The value must be in canonical form. dns: 1..63 octet LDH labels, at
// most 253 octets, no trailing dot, "*" only as the whole left-most of several labels, the last label not a
// number (it would read as an IPv4 address); uri: absolute with scheme and host, characters of RFC 3986 only,
// at most 2048 octets; email: one @, ASCII, a DNS name behind it, at most 254 octets; ip: IPv4 or IPv6
// literal.
Result<void> check_general_name(const GeneralName& name);

// SubjectAltName's SEQUENCE OF GeneralName. Errors: validation for other forms, malformed or duplicate names,
// an empty sequence, NUL anywhere, more than `limit` names.
Result<std::vector<GeneralName>> parse_general_names(ByteView der, std::size_t limit = 100);
Bytes general_names_to_der(const std::vector<GeneralName>& names);

}  // namespace chancery::x509
