// Certification requests (PKCS#10, RFC 2986).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/result.h"
#include "ca/crypto/private_key.h"
#include "ca/crypto/public_key.h"
#include "ca/x509/general_name.h"
#include "ca/x509/name.h"

namespace chancery::x509 {

inline constexpr std::size_t csr_limit = 16384;  // bytes of DER

// A request taken apart (RFC 2986 4): views into its DER.
struct RequestParts {
  ByteView info;           // CertificationRequestInfo: the octets that are signed
  ByteView subject, spki;  // whole elements, as they stand there
  crypto::SignatureAlgorithm algorithm{};
  ByteView signature;
};

class CertificateRequest {
 public:
  // Parses and verifies the self-signature: a value of this type proves possession of the key.
  // Errors: payload_too_large (over csr_limit); validation (malformed, trailing bytes, wrong version,
  // attributes other than one extensionRequest and challengePassword, unsupported key, bad signature, more
  // than 100 names, a name twice, NUL in a name). An RSA key's strength is left to check_key_quality.
  // Requested extensions other than subjectAltName are ignored: the profile decides them.
  static Result<CertificateRequest> parse(ByteView der);
  // Exactly one CERTIFICATE REQUEST (or NEW CERTIFICATE REQUEST) block.
  static Result<CertificateRequest> parse_pem(std::string_view pem);

  [[nodiscard]] ByteView der() const { return der_; }
  // Valid as long as this value.
  [[nodiscard]] RequestParts parts() const;
  [[nodiscard]] const Name& subject() const { return subject_; }
  [[nodiscard]] const crypto::PublicKey& public_key() const { return public_key_; }
  // Canonical, in the request's order, without duplicates.
  [[nodiscard]] const std::vector<GeneralName>& subject_alternative_names() const { return names_; }

 private:
  CertificateRequest(Bytes der, Name subject, crypto::PublicKey key, std::vector<GeneralName> names)
      : der_(std::move(der)),
        subject_(std::move(subject)),
        public_key_(std::move(key)),
        names_(std::move(names)) {}
  Bytes der_;
  Name subject_;
  crypto::PublicKey public_key_;
  std::vector<GeneralName> names_;
};

// PEM request signed by `key`, asking for `names`.
Result<std::string> create_request(const crypto::PrivateKey& key, const Name& subject,
                                   const std::vector<GeneralName>& names);

// For a key that is not in memory: the CertificationRequestInfo (RFC 2986 4.1) of a subject's DER Name and
// its SPKI, without attributes; and the DER request around it.
Bytes encode_request_info(ByteView subject, ByteView spki);
Bytes assemble_request(ByteView info, crypto::SignatureAlgorithm algorithm, ByteView signature);

}  // namespace chancery::x509
