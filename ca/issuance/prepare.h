// From approved fields to a linted TBSCertificate that may be signed exactly once (boulder's issuance token).
#pragma once

#include <optional>

#include "ca/crypto/digest.h"
#include "ca/issuance/issuer.h"
#include "ca/lint/lint.h"
#include "ca/policy/evaluate.h"
#include "ca/x509/certificate.h"

namespace chancery::issuance {

// The right to sign one TBS. Only prepare() makes one; redeeming it (sign) consumes it. Move-only.
class SigningToken {
 public:
  SigningToken(SigningToken&&) = default;
  SigningToken& operator=(SigningToken&&) = default;
  SigningToken(const SigningToken&) = delete;
  SigningToken& operator=(const SigningToken&) = delete;
  ~SigningToken() = default;

  [[nodiscard]] ByteView tbs() const { return tbs_; }
  [[nodiscard]] const crypto::Sha256Digest& tbs_hash() const { return tbs_hash_; }
  [[nodiscard]] const x509::SerialNumber& serial() const { return fields_.serial; }
  [[nodiscard]] const x509::Validity& validity() const { return fields_.validity; }
  [[nodiscard]] crypto::SignatureAlgorithm algorithm() const { return fields_.signature; }

 private:
  friend Result<SigningToken> prepare(x509::CertificateFields, lint::Kind, const x509::Certificate*,
                                      const crypto::PublicKey&, TimePoint, Seconds);
  friend class Redeemer;
  SigningToken(x509::CertificateFields fields, Bytes tbs, crypto::Sha256Digest hash)
      : fields_(std::move(fields)), tbs_(std::move(tbs)), tbs_hash_(hash) {}
  x509::CertificateFields fields_;
  Bytes tbs_;
  crypto::Sha256Digest tbs_hash_;
};

// Writes the TBS, reads it back with the strict parser and runs every lint for `kind` on it. No key is
// involved. `issuer` is null for a root. `key` is the decoded public key that `fields.spki` holds. Errors:
// validation with one detail a finding.
Result<SigningToken> prepare(x509::CertificateFields fields, lint::Kind kind, const x509::Certificate* issuer,
                             const crypto::PublicKey& key, TimePoint signing_time,
                             Seconds backdate_allowance);

// The fields of a leaf: profile, decision and issuer put together. notBefore = now - backdate, but not before
// the issuer's. Errors: unavailable when the issuer expires before the certificate would (what to do: renew
// the intermediate).
Result<x509::CertificateFields> leaf_fields(const policy::Profile& profile, const policy::Decision& decision,
                                            const x509::CertificateRequest& request, const Issuer& issuer,
                                            TimePoint now, RandomSource& random);

}  // namespace chancery::issuance
