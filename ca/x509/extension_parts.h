// Parts that the extensions of certificates and of revocation lists share (RFC 5280 4.2, 5.2): inside ca/x509
// only.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ca/x509/der.h"

namespace chancery::x509 {

// The content of the one SEQUENCE that `value` is.
std::optional<ByteView> only_sequence(ByteView value);

// Appends a uniformResourceIdentifier; false when it has other characters than graphic ASCII.
bool read_uri(const der::Element& element, std::vector<std::string>& into);

// AuthorityKeyIdentifier: its keyIdentifier, empty when there is none; the other members stay raw. False when
// it is malformed.
bool read_authority_key_identifier(ByteView value, Bytes& identifier);
void write_authority_key_identifier(der::Writer& writer, ByteView identifier);

// DistributionPointName: appends the URIs of a fullName; other name forms stay raw. False when malformed.
bool read_distribution_point_name(const der::Element& name, std::vector<std::string>& uris);
// A distributionPoint [0] with a fullName of these URIs.
void write_distribution_point_name(der::Writer& writer, std::span<const std::string> uris);

inline constexpr std::uint8_t uri_tag = der::context(6);  // in a GeneralName

}  // namespace chancery::x509
