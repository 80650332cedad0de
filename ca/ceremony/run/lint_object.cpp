#include "ca/ceremony/run/lint_object.h"

#include <utility>

#include "ca/crypto/private_key.h"
#include "ca/issuance/prepare.h"
#include "ca/lint/cross_check.h"

namespace chancery::ceremony {
namespace {

Error refused(const std::string& object, const std::string& what) {
  return make_error(ErrorCode::internal,
                    "the lint " + object + ", signed by a throw-away key, " + what +
                        "; nothing was signed with the real key. Do not use this program: report it");
}

Result<crypto::PrivateKey> throw_away_key(ByteView like_spki) {
  const Result<crypto::PublicKey> like = crypto::PublicKey::from_spki(like_spki);
  if (!like) return like.error();
  return crypto::PrivateKey::generate(like->type());
}

Result<Bytes> signed_object(ByteView tbs, crypto::SignatureAlgorithm algorithm,
                            const crypto::PrivateKey& key) {
  const Result<Bytes> signature = key.sign(algorithm, tbs);
  if (!signature) return signature.error();
  return x509::assemble_certificate(tbs, algorithm, *signature);  // lists have the same outer form
}

// `real` but for its key: what the second implementation verifies the throw-away signature with.
Result<x509::Certificate> issuer_with(const x509::ParsedTbs& real, const crypto::PrivateKey& key) {
  const x509::CertificateFields fields{.serial = real.serial,
                                       .signature = crypto::default_signature(key.public_key().type()),
                                       .issuer = real.issuer,
                                       .validity = real.validity,
                                       .subject = {},
                                       .spki = to_bytes(key.public_key().spki()),
                                       .extensions = real.extensions,
                                       .exact_subject = real.subject};
  const Result<Bytes> der = signed_object(x509::encode_tbs(fields), fields.signature, key);
  if (!der) return der.error();
  return x509::Certificate::parse(*der);
}

template <typename Object, typename Lints>
Result<Object> judged(const std::string& name, ByteView tbs, const x509::ParsedTbs& issuer,
                      const crypto::PrivateKey& key, const Lints& lints) {
  const Result<Bytes> der = signed_object(tbs, crypto::default_signature(key.public_key().type()), key);
  if (!der) return der.error();
  Result<Object> object = Object::parse(*der);
  if (!object) return refused(name, "cannot be read: " + object.error().message);
  if (!equal(object->tbs(), tbs)) return refused(name, "has other bytes than were prepared");
  const Findings findings = lints(object->fields());
  if (findings.has_errors()) return issuance::lint_refusal(name, findings);
  const Result<x509::Certificate> stand_in = issuer_with(issuer, key);
  if (!stand_in) return stand_in.error();
  const Result<lint::CrossCheck> second = lint::CrossCheck::for_issuer(*stand_in);
  if (!second) return second.error();
  if (Result<void> ok = second->check(*object); !ok)
    return refused(name, "is refused by the second implementation: " + ok.error().message);
  return object;
}

}  // namespace

Result<x509::Certificate> lint_certificate(ByteView tbs, const x509::Certificate* issuer,
                                           const CertificateLints& lints) {
  const Result<x509::ParsedTbs> own = x509::parse_tbs(tbs);
  if (!own) return refused("certificate", "cannot be read: " + own.error().message);
  const x509::ParsedTbs& signer = issuer != nullptr ? issuer->fields() : *own;
  const Result<crypto::PrivateKey> key = throw_away_key(signer.spki);
  if (!key) return key.error();
  return judged<x509::Certificate>("certificate", tbs, signer, *key, lints);
}

Result<x509::Crl> lint_crl(ByteView tbs, const x509::Certificate& issuer, const CrlLints& lints) {
  const Result<crypto::PrivateKey> key = throw_away_key(issuer.fields().spki);
  if (!key) return key.error();
  return judged<x509::Crl>("CRL", tbs, issuer.fields(), *key, lints);
}

}  // namespace chancery::ceremony
