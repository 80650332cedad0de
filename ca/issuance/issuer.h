// An issuing certificate with its key: what prepare and sign need to know of the CA. Immutable; share as
// const.
#pragma once

#include <memory>
#include <optional>

#include "ca/keys/key_store.h"
#include "ca/lint/cross_check.h"
#include "ca/x509/certificate.h"

namespace chancery::issuance {

struct IssuerOptions {
  // Botan re-parses each certificate before it leaves and compares every field. It leaves the signature to
  // OpenSSL's check in step 5, because its own costs five times as much; the ceremony, which has the time,
  // lets both verify.
  bool cross_check = true;
};

class Issuer {
 public:
  // Errors: validation when the key is not the certificate's or the certificate may not sign certificates.
  static Result<std::shared_ptr<const Issuer>> create(x509::Certificate certificate,
                                                      std::unique_ptr<keys::Signer> signer,
                                                      IssuerOptions options);

  [[nodiscard]] const x509::Certificate& certificate() const { return certificate_; }
  [[nodiscard]] const keys::Signer& signer() const { return *signer_; }
  [[nodiscard]] crypto::SignatureAlgorithm algorithm() const { return algorithm_; }
  [[nodiscard]] const crypto::PublicKey& public_key() const { return public_key_; }
  [[nodiscard]] const std::optional<lint::CrossCheck>& cross_check() const { return cross_check_; }

 private:
  Issuer(x509::Certificate certificate, std::unique_ptr<keys::Signer> signer, crypto::PublicKey key,
         crypto::SignatureAlgorithm algorithm, std::optional<lint::CrossCheck> cross_check);
  x509::Certificate certificate_;
  std::unique_ptr<keys::Signer> signer_;
  crypto::PublicKey public_key_;
  crypto::SignatureAlgorithm algorithm_;
  std::optional<lint::CrossCheck> cross_check_;
};

}  // namespace chancery::issuance
