// What a value of each name form may look like: inside ca/x509 only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ca/base/bytes.h"

namespace chancery::x509 {

// Each says what is wrong with a value; nullptr when nothing is. Upper case is allowed here.
const char* dns_fault(std::string_view name, bool wildcard_allowed);
const char* email_fault(std::string_view address);
const char* uri_fault(std::string_view uri);

// 4 or 16 octets; nullopt for what is no address.
std::optional<Bytes> parse_address(std::string_view text);
// Dotted quad or RFC 5952. Precondition: 4 or 16 octets.
std::string address_text(ByteView octets);

}  // namespace chancery::x509
