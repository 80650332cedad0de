// Name constraints (RFC 5280 4.2.1.10): the name space of everything below a CA certificate. Subtrees of DNS
// names, IP addresses, e-mail addresses and URIs; minimum and maximum are never written and refused.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/result.h"
#include "ca/x509/general_name.h"

namespace chancery::x509 {

inline constexpr std::size_t subtree_limit = 256;  // in one extension

// dns: a lower-case name, itself and what is below it; "" is every name. ip: "10.0.0.0/8" or "fd00::/8"; the
// bits behind the prefix are zero; a prefix of 0 is every address of that family. email: "a@host.example" is
// one mailbox, "host.example" every mailbox on that host, ".example" every host below. uri: "host.example" is
// that host, ".example" every host below.
struct NameSubtree {
  GeneralNameType type = GeneralNameType::dns;
  std::string value;
  friend bool operator==(const NameSubtree&, const NameSubtree&) = default;
};

std::string to_string(const NameSubtree& subtree);  // "dns:internal.example", "ip:10.0.0.0/8"
// The inverse, checked and brought to canonical form. Errors: validation, naming the value.
Result<NameSubtree> parse_name_subtree(std::string_view text);

struct NameConstraints {
  std::vector<NameSubtree> permitted;
  std::vector<NameSubtree> excluded;
  // Read only: there are subtrees of directory or other names, which stay raw. Then nothing passes
  // check_names.
  bool other_forms = false;
  friend bool operator==(const NameConstraints&, const NameConstraints&) = default;
};

// Excludes the types that `permitted` does not speak of, of DNS names, IPv4 and IPv6 addresses: a type that
// is not mentioned would be free (RFC 5280 4.2.1.10, BR 7.1.2.10.8). Keeps what is excluded already.
void exclude_unused_types(NameConstraints& constraints);
// The ones that such a list still leaves free: "DNS names", "IPv4 addresses", "IPv6 addresses".
std::vector<std::string_view> unconstrained_types(const NameConstraints& constraints);

// The extension's value. Precondition: canonical subtrees, one at least.
Bytes name_constraints_to_der(const NameConstraints& constraints);
// Errors: validation (not DER, empty, minimum or maximum, a netmask with holes, more than subtree_limit).
Result<NameConstraints> parse_name_constraints(ByteView der);

// Ok when no name is in an excluded subtree and each, if its type has permitted ones, is in one of them. A
// wildcard counts as every name it stands for. Errors: validation, naming the name and the subtree.
Result<void> check_names(const NameConstraints& constraints, std::span<const GeneralName> names);

}  // namespace chancery::x509
