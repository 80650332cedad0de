// One subtree of name constraints: its forms and what it holds (RFC 5280 4.2.1.10). Inside ca/x509 only.
#pragma once

#include "ca/x509/name_constraints.h"

namespace chancery::x509 {

// The content of the GeneralName: text, or address and netmask. Precondition: canonical.
Bytes subtree_octets(const NameSubtree& subtree);
// Errors: validation.
Result<NameSubtree> subtree_from_octets(GeneralNameType type, ByteView octets);

// Every name that `name` stands for is in the subtree.
bool covers(const NameSubtree& subtree, const GeneralName& name);
// Some name that `name` stands for is in the subtree: "*.a.example" touches "b.a.example".
bool touches(const NameSubtree& subtree, const GeneralName& name);

}  // namespace chancery::x509
