#include "ca/issuance/sign.h"

namespace chancery::issuance {

// The only maker of SignedToken and IssuedCertificate.
class Redeemer {
 public:
  static Result<SignedToken> sign(SigningToken&& token, const keys::Signer& signer) {
    SigningToken spent = std::move(token);
    Result<Bytes> signature = signer.sign(spent.algorithm(), spent.tbs());
    if (!signature) return std::move(signature).error();
    return SignedToken(std::move(spent), std::move(*signature));
  }

  static Result<IssuedCertificate> check(const SignedToken& token, const crypto::PublicKey& issuer_key,
                                         const lint::CrossCheck* second) {
    const SigningToken& linted = token.token_;
    const Bytes der = x509::assemble_certificate(linted.tbs(), linted.algorithm(), token.signature_);
    Result<x509::Certificate> certificate = x509::Certificate::parse(der);
    if (!certificate) return mismatch("cannot be read back: " + certificate.error().message);
    if (!equal(certificate->tbs(), linted.tbs())) return mismatch("differs from what was linted");
    if (Result<void> ok = issuer_key.verify(linted.algorithm(), certificate->tbs(), certificate->signature());
        !ok) {
      return mismatch("has a signature that does not verify: " + ok.error().message + " " +
                      ok.error().internal);
    }
    if (second != nullptr) {
      if (Result<void> ok = second->check(*certificate); !ok)
        return mismatch("second implementation: " + ok.error().message);
    }
    return IssuedCertificate(std::move(*certificate));
  }

 private:
  static Error mismatch(const std::string& what) {
    return make_error(ErrorCode::internal,
                      "the signed certificate failed its checks and was withheld; its serial is recorded and "
                      "can be revoked",
                      "the signed certificate " + what);
  }
};

Result<SignedToken> redeem(SigningToken&& token, const keys::Signer& signer) {
  return Redeemer::sign(std::move(token), signer);
}

Result<IssuedCertificate> check_signed(SignedToken&& token, const crypto::PublicKey& issuer_key,
                                       const lint::CrossCheck* second) {
  const SignedToken spent = std::move(token);
  return Redeemer::check(spent, issuer_key, second);
}

}  // namespace chancery::issuance
