#include "ca/ceremony/replay/place.h"

#include <algorithm>

namespace chancery::ceremony {
namespace {

constexpr std::size_t pem_line_octets = 48, pem_line_text = 65;
constexpr unsigned bits_in_an_octet = 8;

// Of the outer SEQUENCE, behind which the TBS begins.
std::size_t header_length(ByteView der) {
  constexpr std::uint8_t long_form = 0x80;
  if (der.size() < 2 || (der[1] & long_form) == 0) return 2;
  return 2 + static_cast<std::size_t>(der[1] & 0x7fU);
}

// Of the base64 group that holds octet `offset` of the DER, in the PEM text of one block.
std::size_t pem_offset(std::string_view label, std::size_t offset) {
  const std::size_t first = std::string_view("-----BEGIN -----\n").size() + label.size();
  return first + offset / pem_line_octets * pem_line_text + offset % pem_line_octets / 3 * 4;
}

std::string bytes_place(ByteView rebuilt, ByteView found, ByteView der, std::string_view label) {
  const std::size_t at = first_difference(as_text(rebuilt), as_text(found)).value_or(0);
  const std::size_t in_der = header_length(der) + at;
  const std::size_t in_pem = pem_offset(label, in_der);
  return "byte " + std::to_string(at) + " of the TBS (byte " + std::to_string(in_der) + " of the DER, line " +
         std::to_string(2 + in_der / pem_line_octets) + ", byte " + std::to_string(in_pem) + " of the PEM)";
}

std::string extension_difference(const std::vector<x509::RawExtension>& rebuilt,
                                 const std::vector<x509::RawExtension>& found) {
  for (std::size_t i = 0; i < std::min(rebuilt.size(), found.size()); ++i) {
    if (!(rebuilt[i] == found[i])) {
      return "extension " + std::to_string(i + 1) + " (id-ce in hex " + to_hex(found[i].oid) + ")";
    }
  }
  return "the number of extensions: " + std::to_string(found.size()) + " where there must be " +
         std::to_string(rebuilt.size());
}

std::string span_of(const x509::Validity& validity) {
  return to_rfc3339(validity.not_before()) + " to " + to_rfc3339(validity.not_after());
}

std::string field_difference(const x509::ParsedTbs& rebuilt, const x509::ParsedTbs& found) {
  if (!(rebuilt.serial == found.serial)) {
    return "serialNumber: " + found.serial.to_string() + " where script, keys and transcript give " +
           rebuilt.serial.to_string();
  }
  if (rebuilt.signature_algorithm != found.signature_algorithm) return "signature";
  if (rebuilt.issuer != found.issuer) return "issuer";
  if (!(rebuilt.validity == found.validity)) {
    return "validity: " + span_of(found.validity) + " where script and transcript give " +
           span_of(rebuilt.validity);
  }
  if (rebuilt.subject != found.subject) return "subject";
  if (rebuilt.spki != found.spki) return "subjectPublicKeyInfo";
  return extension_difference(rebuilt.raw_extensions, found.raw_extensions);
}

std::string field_difference(const x509::ParsedCrl& rebuilt, const x509::ParsedCrl& found) {
  if (rebuilt.signature_algorithm != found.signature_algorithm) return "signature";
  if (rebuilt.issuer != found.issuer) return "issuer";
  if (rebuilt.this_update != found.this_update) {
    return "thisUpdate: " + to_rfc3339(found.this_update) + " where script and transcript give " +
           to_rfc3339(rebuilt.this_update);
  }
  if (rebuilt.next_update != found.next_update) {
    return "nextUpdate: " + to_rfc3339(found.next_update) + " where script and transcript give " +
           to_rfc3339(rebuilt.next_update);
  }
  for (std::size_t i = 0; i < std::min(rebuilt.revoked.size(), found.revoked.size()); ++i) {
    if (!(rebuilt.revoked[i] == found.revoked[i])) {
      return "revokedCertificates, entry " + std::to_string(i + 1) + " (serial " +
             found.revoked[i].serial.to_string() + ")";
    }
  }
  if (rebuilt.revoked.size() != found.revoked.size()) {
    return "revokedCertificates: " + std::to_string(found.revoked.size()) +
           " where script and last list give " + std::to_string(rebuilt.revoked.size());
  }
  return extension_difference(rebuilt.raw_extensions, found.raw_extensions);
}

}  // namespace

std::optional<std::size_t> first_difference(std::string_view a, std::string_view b) {
  if (a == b) return std::nullopt;
  const auto [first, second] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(first - a.begin());
}

std::string place_in(std::string_view name, std::string_view text, std::size_t offset) {
  const std::string_view above = text.substr(0, offset);
  const auto line = std::count(above.begin(), above.end(), '\n') + 1;
  return std::string(name) + ", line " + std::to_string(line) + ", byte " + std::to_string(offset);
}

std::optional<std::size_t> turned_bit(std::string_view text, const crypto::Sha256Digest& wanted) {
  if (text.size() > searched_limit) return std::nullopt;
  Bytes octets = to_bytes(as_bytes(text));
  for (std::size_t i = 0; i < octets.size(); ++i) {
    for (unsigned bit = 0; bit < bits_in_an_octet; ++bit) {
      const auto mask = static_cast<std::uint8_t>(1U << bit);
      octets[i] ^= mask;
      if (crypto::sha256(octets) == wanted) return i;
      octets[i] ^= mask;
    }
  }
  return std::nullopt;
}

std::string tbs_difference(ByteView rebuilt, const x509::Certificate& found) {
  const Result<x509::ParsedTbs> fields = x509::parse_tbs(rebuilt);
  return (fields ? field_difference(*fields, found.fields()) + "; " : std::string()) +
         bytes_place(rebuilt, found.tbs(), found.der(), "CERTIFICATE");
}

std::string tbs_difference(ByteView rebuilt, const x509::Crl& found) {
  const Result<x509::ParsedCrl> fields = x509::parse_tbs_cert_list(rebuilt);
  return (fields ? field_difference(*fields, found.fields()) + "; " : std::string()) +
         bytes_place(rebuilt, found.tbs(), found.der(), "X509 CRL");
}

}  // namespace chancery::ceremony
