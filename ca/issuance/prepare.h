// From approved fields to a linted TBSCertificate that may be signed exactly once (boulder's issuance token).
#pragma once

#include <optional>

#include "ca/crypto/digest.h"
#include "ca/issuance/issuer.h"
#include "ca/lint/lint.h"
#include "ca/policy/evaluate.h"
#include "ca/x509/certificate.h"

namespace chancery::issuance {

// The right to sign one TBS: the bytes that were linted, and no others. Only prepare() and prepare_crl() make
// one; redeeming it (sign.h) consumes it. Move-only.
class SigningRight {
 public:
  SigningRight(SigningRight&&) = default;
  SigningRight& operator=(SigningRight&&) = default;
  SigningRight(const SigningRight&) = delete;
  SigningRight& operator=(const SigningRight&) = delete;
  ~SigningRight() = default;

  [[nodiscard]] ByteView tbs() const { return tbs_; }
  [[nodiscard]] const crypto::Sha256Digest& tbs_hash() const { return tbs_hash_; }
  [[nodiscard]] crypto::SignatureAlgorithm algorithm() const { return algorithm_; }
  [[nodiscard]] const Findings& warnings() const { return warnings_; }  // what did not refuse it

 protected:
  SigningRight(Bytes tbs, crypto::SignatureAlgorithm algorithm, Findings warnings)
      : tbs_(std::move(tbs)),
        tbs_hash_(crypto::sha256(tbs_)),
        algorithm_(algorithm),
        warnings_(std::move(warnings)) {}

 private:
  Bytes tbs_;
  crypto::Sha256Digest tbs_hash_;
  crypto::SignatureAlgorithm algorithm_;
  Findings warnings_;
};

// To sign one certificate.
class SigningToken : public SigningRight {
 public:
  [[nodiscard]] const x509::SerialNumber& serial() const { return fields_.serial; }
  [[nodiscard]] const x509::Validity& validity() const { return fields_.validity; }

 private:
  friend Result<SigningToken> prepare(x509::CertificateFields, lint::Kind, const x509::Certificate*,
                                      const crypto::PublicKey&, TimePoint, Seconds, const lint::References&);
  SigningToken(x509::CertificateFields fields, Bytes tbs, Findings warnings)
      : SigningRight(std::move(tbs), fields.signature, std::move(warnings)), fields_(std::move(fields)) {}
  x509::CertificateFields fields_;
};

// Writes the TBS, reads it back with the strict parser and runs every lint for `kind` on it. No key is
// involved. `issuer` is null for a root. `key` is the decoded public key that `fields.spki` holds.
// `references` is what a cross-certificate and a block-list need. Errors: validation with one detail a
// finding.
Result<SigningToken> prepare(x509::CertificateFields fields, lint::Kind kind, const x509::Certificate* issuer,
                             const crypto::PublicKey& key, TimePoint signing_time, Seconds backdate_allowance,
                             const lint::References& references = {});

// The refusal of what a lint found: validation, one detail a finding. `what` is "certificate" or "CRL".
Error lint_refusal(std::string_view what, const Findings& findings);

// The fields of a leaf: profile, decision and issuer put together. notBefore = now - backdate, but not before
// the issuer's. Errors: unavailable when the issuer expires before the certificate would (what to do: renew
// the intermediate).
Result<x509::CertificateFields> leaf_fields(const policy::Profile& profile, const policy::Decision& decision,
                                            const x509::CertificateRequest& request, const Issuer& issuer,
                                            TimePoint now, RandomSource& random);

}  // namespace chancery::issuance
