// Object identifiers, as the content bytes of their DER.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "ca/base/bytes.h"

namespace chancery::x509::oids {

// Attribute types (RFC 5280 appendix A.1)
inline constexpr std::array<std::uint8_t, 3> common_name{0x55, 0x04, 0x03};
inline constexpr std::array<std::uint8_t, 3> country{0x55, 0x04, 0x06};
inline constexpr std::array<std::uint8_t, 3> organization{0x55, 0x04, 0x0a};
inline constexpr std::array<std::uint8_t, 3> organizational_unit{0x55, 0x04, 0x0b};

// Extensions (RFC 5280 section 4.2)
inline constexpr std::array<std::uint8_t, 3> subject_key_identifier{0x55, 0x1d, 0x0e};
inline constexpr std::array<std::uint8_t, 3> key_usage{0x55, 0x1d, 0x0f};
inline constexpr std::array<std::uint8_t, 3> subject_alternative_name{0x55, 0x1d, 0x11};
inline constexpr std::array<std::uint8_t, 3> basic_constraints{0x55, 0x1d, 0x13};
inline constexpr std::array<std::uint8_t, 3> name_constraints{0x55, 0x1d, 0x1e};
inline constexpr std::array<std::uint8_t, 3> crl_distribution_points{0x55, 0x1d, 0x1f};
inline constexpr std::array<std::uint8_t, 3> certificate_policies{0x55, 0x1d, 0x20};
inline constexpr std::array<std::uint8_t, 3> authority_key_identifier{0x55, 0x1d, 0x23};
inline constexpr std::array<std::uint8_t, 3> extended_key_usage{0x55, 0x1d, 0x25};
inline constexpr std::array<std::uint8_t, 8> authority_information_access{0x2b, 6, 1, 5, 5, 7, 1, 1};

// Extensions of revocation lists and of their entries (RFC 5280 sections 5.2 and 5.3)
inline constexpr std::array<std::uint8_t, 3> crl_number{0x55, 0x1d, 0x14};
inline constexpr std::array<std::uint8_t, 3> reason_code{0x55, 0x1d, 0x15};
inline constexpr std::array<std::uint8_t, 3> invalidity_date{0x55, 0x1d, 0x18};
inline constexpr std::array<std::uint8_t, 3> delta_crl_indicator{0x55, 0x1d, 0x1b};
inline constexpr std::array<std::uint8_t, 3> issuing_distribution_point{0x55, 0x1d, 0x1c};
inline constexpr std::array<std::uint8_t, 3> certificate_issuer{0x55, 0x1d, 0x1d};

// Key purposes (RFC 5280 section 4.2.1.12)
inline constexpr std::array<std::uint8_t, 4> any_extended_key_usage{0x55, 0x1d, 0x25, 0x00};
inline constexpr std::array<std::uint8_t, 8> server_auth{0x2b, 6, 1, 5, 5, 7, 3, 1};
inline constexpr std::array<std::uint8_t, 8> client_auth{0x2b, 6, 1, 5, 5, 7, 3, 2};
inline constexpr std::array<std::uint8_t, 8> code_signing{0x2b, 6, 1, 5, 5, 7, 3, 3};
inline constexpr std::array<std::uint8_t, 8> email_protection{0x2b, 6, 1, 5, 5, 7, 3, 4};
inline constexpr std::array<std::uint8_t, 8> time_stamping{0x2b, 6, 1, 5, 5, 7, 3, 8};
inline constexpr std::array<std::uint8_t, 8> ocsp_signing{0x2b, 6, 1, 5, 5, 7, 3, 9};

// Access methods (RFC 5280 section 4.2.2.1)
inline constexpr std::array<std::uint8_t, 8> ca_issuers{0x2b, 6, 1, 5, 5, 7, 48, 2};
inline constexpr std::array<std::uint8_t, 8> ocsp{0x2b, 6, 1, 5, 5, 7, 48, 1};

// PKCS#9 extensionRequest (RFC 2985 section 5.4.2)
inline constexpr std::array<std::uint8_t, 9> extension_request{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14};

// PKCS#9 challengePassword (RFC 2985 section 5.4.1)
inline constexpr std::array<std::uint8_t, 9> challenge_password{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 7};

// "2.5.29.17"; "?" for content that is no OID.
std::string to_dotted(ByteView oid);

}  // namespace chancery::x509::oids
