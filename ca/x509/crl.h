// Certificate revocation lists, version 2 (RFC 5280 section 5): write a TBSCertList, put signature and TBS
// together, read one strictly. Complete lists only: no delta CRLs, no indirect ones.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/result.h"
#include "ca/crypto/algorithms.h"
#include "ca/crypto/digest.h"
#include "ca/x509/certificate.h"
#include "ca/x509/crl_number.h"
#include "ca/x509/extensions.h"
#include "ca/x509/serial.h"

namespace chancery::x509 {

inline constexpr std::size_t crl_limit = 8U << 20U;      // bytes of DER that the parser looks at
inline constexpr std::size_t crl_entry_limit = 100'000;  // revoked certificates in one list

// CRLReason (RFC 5280 5.3.1), with its numbers; 7 is not used.
enum class RevocationReason : std::uint8_t {
  unspecified = 0,  // never written: the extension is left out instead
  key_compromise = 1,
  ca_compromise = 2,
  affiliation_changed = 3,
  superseded = 4,
  cessation_of_operation = 5,
  certificate_hold = 6,
  remove_from_crl = 8,
  privilege_withdrawn = 9,
  aa_compromise = 10
};

std::string_view to_string(RevocationReason reason);  // RFC 5280 names: "keyCompromise"
std::optional<RevocationReason> parse_revocation_reason(std::string_view text);

struct RevokedCertificate {
  SerialNumber serial;
  TimePoint revoked_at;
  std::optional<RevocationReason> reason;
  std::optional<TimePoint> invalidity_date;  // when the key is thought to have been lost (RFC 5280 5.3.2)
  friend bool operator==(const RevokedCertificate&, const RevokedCertificate&) = default;
};

// Says that a list is only a part (RFC 5280 5.2.5). Critical.
struct IssuingDistributionPoint {
  std::vector<std::string> uris;  // fullName
  bool only_user_certificates = false;
  bool only_ca_certificates = false;
  friend bool operator==(const IssuingDistributionPoint&, const IssuingDistributionPoint&) = default;
};

// Everything a TBSCertList says.
struct CrlFields {
  crypto::SignatureAlgorithm signature = crypto::SignatureAlgorithm::ecdsa_sha256;
  Bytes issuer;  // DER Name: the issuing CA's subject to the byte
  TimePoint this_update;
  TimePoint next_update;
  std::vector<RevokedCertificate> revoked;  // in any order
  CrlNumber number;
  Bytes authority_key_identifier;  // keyIdentifier only
  std::optional<IssuingDistributionPoint> distribution_point;
};

// DER TBSCertList. Entries are written by revocation date, then by serial number, so that the same facts give
// the same bytes in whatever order they come. revokedCertificates is left out when there are none, and so is
// the reason `unspecified`. Precondition: the fields have been checked; this only writes.
Bytes encode_tbs_cert_list(const CrlFields& fields);
// DER CertificateList around a TBS.
Bytes assemble_crl(ByteView tbs, crypto::SignatureAlgorithm algorithm, ByteView signature);

// What is read from a TBSCertList. Strict DER, v2 only, at most crl_entry_limit entries. Unknown critical
// extensions are refused, of the list and of an entry; so are delta CRLs, indirect ones and those for some
// reasons only (RFC 5280 5.2.4, 5.2.5). NOT guaranteed: that it makes sense. Lints decide that.
struct ParsedCrl {
  Bytes signature_algorithm;  // whole AlgorithmIdentifier
  Bytes issuer;
  TimePoint this_update;
  TimePoint next_update;                    // required, as RFC 5280 5.1.2.5 asks
  std::vector<RevokedCertificate> revoked;  // in the order read, no serial number twice
  std::optional<CrlNumber> number;
  Bytes authority_key_identifier;
  std::optional<IssuingDistributionPoint> distribution_point;
  std::vector<RawExtension> raw_extensions;        // of the list, in order
  std::vector<RawExtension> raw_entry_extensions;  // one of each kind and criticality seen in entries
};

// Errors: validation, naming the field.
Result<ParsedCrl> parse_tbs_cert_list(ByteView der);

// The entry for a serial number, or nullptr. Looks at each.
const RevokedCertificate* find_revoked(const ParsedCrl& crl, const SerialNumber& serial);

// A parsed CRL. Immutable, cheap to copy, thread-safe.
class Crl {
 public:
  // Errors: validation (malformed, trailing bytes, larger than crl_limit, inner and outer algorithm differ).
  static Result<Crl> parse(ByteView der);
  // Exactly one X509 CRL block (RFC 7468 section 6).
  static Result<Crl> parse_pem(std::string_view pem);

  [[nodiscard]] ByteView der() const { return state_->der; }
  [[nodiscard]] ByteView tbs() const { return state_->tbs; }
  [[nodiscard]] const ParsedCrl& fields() const { return state_->fields; }
  [[nodiscard]] crypto::SignatureAlgorithm signature_algorithm() const { return state_->algorithm; }
  [[nodiscard]] ByteView signature() const { return state_->signature; }
  [[nodiscard]] const crypto::Sha256Digest& fingerprint() const { return state_->fingerprint; }  // of der()
  [[nodiscard]] std::string to_pem() const;

 private:
  struct State {
    Bytes der, tbs, signature;
    ParsedCrl fields;
    crypto::SignatureAlgorithm algorithm;
    crypto::Sha256Digest fingerprint;
  };
  explicit Crl(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

// The list is `issuer`'s: name bytes, cRLSign, authority key identifier where present, signature (RFC 5280
// 6.3.3). Errors: validation. NOT checked: times.
Result<void> verify_crl_issued_by(const Crl& crl, const Certificate& issuer);

}  // namespace chancery::x509
