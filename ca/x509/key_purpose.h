// The key purposes with their names and OIDs (RFC 5280 4.2.1.12): inside ca/x509 only.
#pragma once

#include <array>
#include <string_view>

#include "ca/x509/extensions.h"
#include "ca/x509/oids.h"

namespace chancery::x509 {

struct KeyPurposeRow {
  KeyPurpose purpose;
  std::string_view name;
  ByteView oid;
};

// In the order of the enumeration.
inline constexpr std::array<KeyPurposeRow, 7> key_purpose_rows{{
    {KeyPurpose::server_auth, "serverAuth", oids::server_auth},
    {KeyPurpose::client_auth, "clientAuth", oids::client_auth},
    {KeyPurpose::code_signing, "codeSigning", oids::code_signing},
    {KeyPurpose::email_protection, "emailProtection", oids::email_protection},
    {KeyPurpose::time_stamping, "timeStamping", oids::time_stamping},
    {KeyPurpose::ocsp_signing, "OCSPSigning", oids::ocsp_signing},
    {KeyPurpose::any, "anyExtendedKeyUsage", oids::any_extended_key_usage},
}};

}  // namespace chancery::x509
