// Does a pattern cover a name? Pure text and address arithmetic; the names are canonical
// (ca/x509/general_name.h), the patterns' placeholders filled in (placeholder.h).
#pragma once

#include <string>
#include <string_view>

#include "ca/base/result.h"
#include "ca/x509/general_name.h"

namespace chancery::policy {

// dns: labels, case already folded. "a.b" that name only, "*.b" one label in front, "**.b" one or more. A
// wildcard name is covered when every name it stands for is. ip: CIDR of the same family. email: an address,
// or "*@domain". uri: a URI, or one that ends in "*"; a URI with "." or ".." segments, or a percent sign, is
// covered by no "*".
bool covers(std::string_view pattern, const x509::GeneralName& name);

// For denials: do pattern and name have ANY name in common, however it is spelled? dns: "*.b" touches the
// pattern "secret.b". ip: an IPv4-mapped IPv6 address is its IPv4 address too. uri, email: case is ignored,
// and "*" reaches over dot segments and percent signs.
bool touches(std::string_view pattern, const x509::GeneralName& name);

// How much of the name's fixed end (dns, email) or beginning (ip, uri) the pattern shares: to find the
// closest rule.
std::size_t closeness(std::string_view pattern, const x509::GeneralName& name);

// Errors: validation (a pattern that is malformed, not canonical, or wider than it looks, such as
// "https://a*"; a placeholder out of place).
Result<void> check_pattern(x509::GeneralNameType type, const std::string& pattern);
// The same for denials, which take no placeholder.
Result<void> check_denied_pattern(x509::GeneralNameType type, const std::string& pattern);

}  // namespace chancery::policy
