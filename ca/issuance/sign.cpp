#include "ca/issuance/sign.h"

namespace chancery::issuance {
namespace {

// What is shown of a withheld object, and what can be done.
struct Names {
  const char* object;
  const char* consequence;
};
constexpr Names certificate_names{"certificate", "; its serial is recorded and can be revoked"};
constexpr Names crl_names{"CRL", "; its number is spent, sign the next"};

Error mismatch(const Names& names, const std::string& what) {
  const std::string object = std::string("the signed ") + names.object;
  return make_error(ErrorCode::internal, object + " failed its checks and was withheld" + names.consequence,
                    object + " " + what);
}

// Reads the finished object, compares it with what was linted, verifies it, and asks the second
// implementation.
template <typename Object>
Result<Object> checked(const SigningRight& linted, ByteView signature, const crypto::PublicKey& issuer_key,
                       const lint::CrossCheck* second, const Names& names) {
  // The outer form of certificates and lists is the same.
  const Bytes der = x509::assemble_certificate(linted.tbs(), linted.algorithm(), signature);
  Result<Object> object = Object::parse(der);
  if (!object) return mismatch(names, "cannot be read back: " + object.error().message);
  if (!equal(object->tbs(), linted.tbs())) return mismatch(names, "differs from what was linted");
  if (Result<void> ok = issuer_key.verify(linted.algorithm(), object->tbs(), object->signature()); !ok) {
    return mismatch(
        names, "has a signature that does not verify: " + ok.error().message + " " + ok.error().internal);
  }
  if (second != nullptr) {
    if (Result<void> ok = second->check(*object); !ok)
      return mismatch(names, "second implementation: " + ok.error().message);
  }
  return object;
}

}  // namespace

// The only maker of what is signed and of what is issued.
class Redeemer {
 public:
  template <typename Token>
  static Result<Signed<Token>> sign(Token spent, const keys::Signer& signer) {
    Result<Bytes> signature = signer.sign(spent.algorithm(), spent.tbs());
    if (!signature) return std::move(signature).error();
    return Signed<Token>(std::move(spent), std::move(*signature));
  }

  template <typename Issued, typename Object, typename Token>
  static Result<Issued> check(Signed<Token>&& token, const crypto::PublicKey& issuer_key,
                              const lint::CrossCheck* second, const Names& names) {
    const Signed<Token> spent = std::move(token);
    Result<Object> object = checked<Object>(spent.token_, spent.signature_, issuer_key, second, names);
    if (!object) return std::move(object).error();
    return Issued(std::move(*object));
  }
};

Result<SignedToken> redeem(SigningToken&& token, const keys::Signer& signer) {
  return Redeemer::sign(std::move(token), signer);
}

Result<SignedCrlToken> redeem(CrlSigningToken&& token, const keys::Signer& signer) {
  return Redeemer::sign(std::move(token), signer);
}

Result<IssuedCertificate> check_signed(SignedToken&& token, const crypto::PublicKey& issuer_key,
                                       const lint::CrossCheck* second) {
  return Redeemer::check<IssuedCertificate, x509::Certificate>(std::move(token), issuer_key, second,
                                                               certificate_names);
}

Result<IssuedCrl> check_signed(SignedCrlToken&& token, const crypto::PublicKey& issuer_key,
                               const lint::CrossCheck* second) {
  return Redeemer::check<IssuedCrl, x509::Crl>(std::move(token), issuer_key, second, crl_names);
}

}  // namespace chancery::issuance
