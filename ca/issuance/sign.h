// Redeem a signing token: sign, compare, verify.
#pragma once

#include "ca/issuance/prepare.h"

namespace chancery::issuance {

// A certificate that has passed every check. Only sign() makes one.
class IssuedCertificate {
 public:
  [[nodiscard]] const x509::Certificate& certificate() const { return certificate_; }

 private:
  friend class Redeemer;
  explicit IssuedCertificate(x509::Certificate certificate) : certificate_(std::move(certificate)) {}
  x509::Certificate certificate_;
};

// Step 4: the raw signature, not yet trusted. Consumes the right to sign.
class SignedToken {
 public:
  SignedToken(SignedToken&&) = default;
  SignedToken& operator=(SignedToken&&) = default;
  SignedToken(const SignedToken&) = delete;
  SignedToken& operator=(const SignedToken&) = delete;
  ~SignedToken() = default;

 private:
  friend class Redeemer;
  SignedToken(SigningToken token, Bytes signature)
      : token_(std::move(token)), signature_(std::move(signature)) {}
  SigningToken token_;
  Bytes signature_;
};

// Signs with the algorithm that the TBS names. A root's signer is its own key. Errors: those of the signer;
// validation when the algorithm does not fit the key. The token is spent either way.
Result<SignedToken> redeem(SigningToken&& token, const keys::Signer& signer);

// Step 5: parses the finished certificate, compares its TBS with the linted one byte for byte, verifies the
// signature with `issuer_key`, and lets the second implementation read it when there is one (null = none).
// Errors: internal.
Result<IssuedCertificate> check_signed(SignedToken&& token, const crypto::PublicKey& issuer_key,
                                       const lint::CrossCheck* second);

}  // namespace chancery::issuance
