// Extensions as a list, before anybody interprets them (RFC 5280 4.1.2.9): inside ca/x509 only.
#pragma once

#include <vector>

#include "ca/base/result.h"
#include "ca/x509/der.h"
#include "ca/x509/extensions.h"

namespace chancery::x509 {

// Bounds the work that a hostile certificate can cause.
inline constexpr std::size_t extension_limit = 64;

// `sequence` is the SEQUENCE OF Extension. Errors: validation (not DER, an explicit FALSE, a duplicate, none
// at all, more than extension_limit).
Result<std::vector<RawExtension>> read_extension_list(const der::Element& sequence);

// nullptr when it is absent.
const RawExtension* find_extension(const std::vector<RawExtension>& list, ByteView oid);

// Interprets those that Chancery understands. Errors: validation, naming the extension.
Result<Extensions> interpret_extensions(const std::vector<RawExtension>& list);

// The SEQUENCE OF Extension; nothing at all when there is none to write. SAN is critical when the subject is
// empty.
void write_extensions(der::Writer& writer, const Extensions& extensions, bool subject_empty);

// One Extension around the DER value that `body` writes.
template <typename Body>
void write_extension(der::Writer& writer, ByteView oid, bool critical, Body&& body) {
  writer.sequence([&] {
    writer.oid(oid);
    if (critical) writer.boolean(true);
    writer.constructed(static_cast<std::uint8_t>(der::Tag::octet_string), body);
  });
}

}  // namespace chancery::x509
