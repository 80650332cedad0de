// Redeem a signing token: sign, compare, verify.
#pragma once

#include "ca/issuance/prepare.h"
#include "ca/issuance/prepare_crl.h"

namespace chancery::issuance {

// A certificate that has passed every check. Only check_signed() makes one.
class IssuedCertificate {
 public:
  [[nodiscard]] const x509::Certificate& certificate() const { return certificate_; }

 private:
  friend class Redeemer;
  explicit IssuedCertificate(x509::Certificate certificate) : certificate_(std::move(certificate)) {}
  x509::Certificate certificate_;
};

// A revocation list that has passed every check. Only check_signed() makes one.
class IssuedCrl {
 public:
  [[nodiscard]] const x509::Crl& crl() const { return crl_; }

 private:
  friend class Redeemer;
  explicit IssuedCrl(x509::Crl crl) : crl_(std::move(crl)) {}
  x509::Crl crl_;
};

// The raw signature, not yet trusted, with the spent right to make it. Move-only.
template <typename Token>
class Signed {
 public:
  Signed(Signed&&) = default;
  Signed& operator=(Signed&&) = default;
  Signed(const Signed&) = delete;
  Signed& operator=(const Signed&) = delete;
  ~Signed() = default;

 private:
  friend class Redeemer;
  Signed(Token token, Bytes signature) : token_(std::move(token)), signature_(std::move(signature)) {}
  Token token_;
  Bytes signature_;
};
using SignedToken = Signed<SigningToken>;
using SignedCrlToken = Signed<CrlSigningToken>;

// Signs with the algorithm that the TBS names. A root's signer is its own key. Errors: those of the signer;
// validation when the algorithm does not fit the key. The token is spent either way.
Result<SignedToken> redeem(SigningToken&& token, const keys::Signer& signer);
Result<SignedCrlToken> redeem(CrlSigningToken&& token, const keys::Signer& signer);

// Step 5: parses the finished certificate, compares its TBS with the linted one byte for byte, verifies the
// signature with `issuer_key`, and lets the second implementation read it when there is one (null = none).
// Errors: internal.
Result<IssuedCertificate> check_signed(SignedToken&& token, const crypto::PublicKey& issuer_key,
                                       const lint::CrossCheck* second);
// The same for a revocation list.
Result<IssuedCrl> check_signed(SignedCrlToken&& token, const crypto::PublicKey& issuer_key,
                               const lint::CrossCheck* second);

}  // namespace chancery::issuance
