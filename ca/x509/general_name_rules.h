// What a value of each name form may look like: inside ca/x509 only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ca/base/bytes.h"
#include "ca/x509/general_name.h"

namespace chancery::x509 {

// Each says what is wrong with a value; nullptr when nothing is. Upper case is allowed here.
const char* dns_fault(std::string_view name, bool wildcard_allowed);
const char* email_fault(std::string_view address);
const char* uri_fault(std::string_view uri);

// The host of an absolute URI, "" when it has none. Precondition: none; the URI need not be well-formed.
std::string_view uri_host(std::string_view uri);

// The context tag of a GeneralName of this type, and back; nullopt for a form that Chancery does not know.
std::uint8_t general_name_tag(GeneralNameType type);
std::optional<GeneralNameType> general_name_type(std::uint8_t tag);
std::optional<GeneralNameType> parse_general_name_type(std::string_view text);  // "dns", ...

// 4 or 16 octets; nullopt for what is no address.
std::optional<Bytes> parse_address(std::string_view text);
// Dotted quad or RFC 5952. Precondition: 4 or 16 octets.
std::string address_text(ByteView octets);

}  // namespace chancery::x509
