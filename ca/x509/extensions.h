// The certificate extensions Chancery writes and reads (RFC 5280 4.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/result.h"
#include "ca/x509/general_name.h"
#include "ca/x509/name_constraints.h"

namespace chancery::x509 {

enum class KeyPurpose {
  server_auth,
  client_auth,
  code_signing,
  email_protection,
  time_stamping,
  ocsp_signing,
  any
};

std::string_view to_string(KeyPurpose purpose);  // RFC 5280 names: "serverAuth"
std::optional<KeyPurpose> parse_key_purpose(std::string_view text);

struct KeyUsage {
  bool digital_signature = false;
  bool key_encipherment = false;
  bool key_cert_sign = false;
  bool crl_sign = false;
  friend bool operator==(const KeyUsage&, const KeyUsage&) = default;
};

struct BasicConstraints {
  bool ca = false;
  std::optional<unsigned> path_len;
  friend bool operator==(const BasicConstraints&, const BasicConstraints&) = default;
};

// What a certificate says beside its basic fields. Absent members are absent extensions.
struct Extensions {
  std::optional<BasicConstraints> basic_constraints;  // critical when ca
  std::optional<KeyUsage> key_usage;                  // critical
  std::vector<KeyPurpose> extended_key_usage;         // not critical
  Bytes subject_key_identifier;
  Bytes authority_key_identifier;                      // keyIdentifier only
  std::vector<GeneralName> subject_alternative_names;  // critical only when the subject is empty
  std::optional<NameConstraints> name_constraints;     // critical
  std::vector<std::string> crl_distribution_points;    // URIs
  std::vector<std::string> ca_issuers;                 // AIA URIs
  std::vector<std::string> ocsp;                       // AIA URIs
  friend bool operator==(const Extensions&, const Extensions&) = default;
};

struct RawExtension {
  Bytes oid;
  bool critical = false;
  Bytes value;  // content of extnValue
  friend bool operator==(const RawExtension&, const RawExtension&) = default;
};

// As they would be written, in order: to compare with what was read. The value of each is DER.
std::vector<RawExtension> encode_extensions(const Extensions& extensions, bool subject_empty);

}  // namespace chancery::x509
