#include "ca/issuance/issuer.h"

namespace chancery::issuance {
namespace {

Result<void> check_may_issue(const x509::Certificate& certificate) {
  const x509::Extensions& extensions = certificate.fields().extensions;
  const bool ca = extensions.basic_constraints && extensions.basic_constraints->ca;
  if (!ca || !extensions.key_usage || !extensions.key_usage->key_cert_sign) {
    return make_error(ErrorCode::validation,
                      "the issuer certificate " + certificate.subject_text() +
                          " may not sign certificates (basicConstraints CA:TRUE and keyUsage "
                          "keyCertSign are needed); configure an intermediate made by chancery-root");
  }
  if (extensions.subject_key_identifier.empty()) {
    return make_error(ErrorCode::validation, "the issuer certificate " + certificate.subject_text() +
                                                 " has no subjectKeyIdentifier (RFC 5280 4.2.1.2)");
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Issuer>> Issuer::create(x509::Certificate certificate,
                                                     std::unique_ptr<keys::Signer> signer,
                                                     IssuerOptions options) {
  if (Result<void> ok = check_may_issue(certificate); !ok) return std::move(ok).error();
  if (!equal(certificate.fields().spki, signer->public_key().spki())) {
    return make_error(ErrorCode::validation,
                      "the issuer's key is not the key of the certificate " + certificate.subject_text() +
                          "; issuer.key and issuer.certificate must come from the same ceremony");
  }
  std::optional<lint::CrossCheck> cross_check;
  if (options.cross_check) {
    Result<lint::CrossCheck> second = lint::CrossCheck::for_issuer(certificate, {.verify_signature = false});
    if (!second) return std::move(second).error();
    cross_check.emplace(std::move(*second));
  }
  crypto::PublicKey key = signer->public_key();
  const crypto::SignatureAlgorithm algorithm = crypto::default_signature(key.type());
  return std::shared_ptr<const Issuer>(new Issuer(std::move(certificate), std::move(signer), std::move(key),
                                                  algorithm, std::move(cross_check)));
}

Issuer::Issuer(x509::Certificate certificate, std::unique_ptr<keys::Signer> signer, crypto::PublicKey key,
               crypto::SignatureAlgorithm algorithm, std::optional<lint::CrossCheck> cross_check)
    : certificate_(std::move(certificate)),
      signer_(std::move(signer)),
      public_key_(std::move(key)),
      algorithm_(algorithm),
      cross_check_(std::move(cross_check)) {}

}  // namespace chancery::issuance
