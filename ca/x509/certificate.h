// X.509 v3 certificates (RFC 5280 4.1): write a TBSCertificate, put signature and TBS together, read one
// strictly.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/result.h"
#include "ca/crypto/algorithms.h"
#include "ca/crypto/digest.h"
#include "ca/crypto/public_key.h"
#include "ca/x509/extensions.h"
#include "ca/x509/name.h"
#include "ca/x509/serial.h"
#include "ca/x509/validity.h"

namespace chancery::x509 {

inline constexpr std::size_t certificate_limit = 65536;  // bytes of DER that parsers look at

// Everything a TBSCertificate says. The issuer is bytes, because it must equal the issuing CA's subject to
// the byte, and the key is the bytes of the request.
struct CertificateFields {
  SerialNumber serial;
  crypto::SignatureAlgorithm signature = crypto::SignatureAlgorithm::ecdsa_sha256;
  Bytes issuer;  // DER Name
  Validity validity;
  Name subject;
  Bytes spki;  // DER SubjectPublicKeyInfo
  Extensions extensions;
  // DER Name, written in place of `subject` when there is one: a cross-certificate's subject must be the
  // target's to the byte, in whatever string types that was written.
  Bytes exact_subject;
};

// DER TBSCertificate. Precondition: the fields have been checked; this only writes.
Bytes encode_tbs(const CertificateFields& fields);
// DER Certificate around a TBS.
Bytes assemble_certificate(ByteView tbs, crypto::SignatureAlgorithm algorithm, ByteView signature);

// What is read from a TBSCertificate. Strict DER, v3 only, at most 64 extensions; unknown ones, and unknown
// purposes and bits in known ones, are kept raw only: look there before taking an empty list for an absent
// extension. NOT guaranteed: that it makes sense. Lints and path validation decide that.
struct ParsedTbs {
  SerialNumber serial;
  Bytes signature_algorithm;  // whole AlgorithmIdentifier
  Bytes issuer;
  Validity validity;
  Bytes subject;
  Bytes spki;
  bool has_unique_ids = false;
  Extensions extensions;                     // the ones understood
  std::vector<RawExtension> raw_extensions;  // all, in order, duplicates refused by the parser
};

// Errors: validation, naming the field.
Result<ParsedTbs> parse_tbs(ByteView der);

// A parsed certificate. Immutable, cheap to copy, thread-safe.
class Certificate {
 public:
  // Errors: validation (malformed, trailing bytes, larger than certificate_limit, inner and outer algorithm
  // differ).
  static Result<Certificate> parse(ByteView der);
  // Exactly one CERTIFICATE block.
  static Result<Certificate> parse_pem(std::string_view pem);

  [[nodiscard]] ByteView der() const { return state_->der; }
  [[nodiscard]] ByteView tbs() const { return state_->tbs; }
  [[nodiscard]] const ParsedTbs& fields() const { return state_->fields; }
  [[nodiscard]] crypto::SignatureAlgorithm signature_algorithm() const { return state_->algorithm; }
  [[nodiscard]] ByteView signature() const { return state_->signature; }
  [[nodiscard]] const crypto::Sha256Digest& fingerprint() const {
    return state_->fingerprint;
  }  // SHA-256 of der()
  [[nodiscard]] const SerialNumber& serial() const { return fields().serial; }
  [[nodiscard]] const Validity& validity() const { return fields().validity; }
  [[nodiscard]] std::string subject_text() const;  // RFC 4514; "" when empty or not readable as Name
  [[nodiscard]] std::string to_pem() const;

 private:
  struct State {
    Bytes der, tbs, signature;
    ParsedTbs fields;
    crypto::SignatureAlgorithm algorithm;
    crypto::Sha256Digest fingerprint;
  };
  explicit Certificate(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

// All CERTIFICATE blocks of a PEM text, in order. Errors: validation (another label, malformed, none, more
// than 16).
Result<std::vector<Certificate>> parse_pem_chain(std::string_view pem);

}  // namespace chancery::x509
