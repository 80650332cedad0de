// The second implementation: Botan reads what OpenSSL and we wrote.
#pragma once

#include <memory>

#include "ca/base/result.h"
#include "ca/x509/certificate.h"
#include "ca/x509/crl.h"
#include "ca/x509/csr.h"

namespace chancery::lint {

struct CrossCheckOptions {
  // Botan's verification costs four to five of OpenSSL's (docs/reference/lints.md). The signature has been
  // verified once already when a certificate comes here; a CA whose rate matters more than a second opinion
  // on arithmetic leaves it out.
  bool verify_signature = true;
};

// Botan parses the certificate's DER, agrees with `ours` on serial, validity, issuer, subject, key, names and
// signed bytes, and verifies the issuer's signature unless told otherwise. Thread-safe. Errors: internal,
// naming the disagreement.
class CrossCheck {
 public:
  // Errors: internal when Botan cannot read the issuer.
  static Result<CrossCheck> for_issuer(const x509::Certificate& issuer, CrossCheckOptions options = {});
  CrossCheck(CrossCheck&&) noexcept;
  CrossCheck& operator=(CrossCheck&&) noexcept;
  ~CrossCheck();

  [[nodiscard]] Result<void> check(const x509::Certificate& ours) const;
  // A revocation list of the same issuer: issuer, times, number, key identifier, entries with their reasons,
  // signed bytes, and the signature whatever the options say, for lists are few. Invalidity dates and
  // distribution points are not compared.
  [[nodiscard]] Result<void> check(const x509::Crl& ours) const;

  struct State;

 private:
  explicit CrossCheck(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Botan reads the request in `der`, verifies its self-signature, and finds what `ours` holds: subject and
// public key to the octet, requested names, signed bytes, signature. Other requested extensions are not
// compared: nothing that Chancery certifies comes from them. Thread-safe. Errors: internal, naming the
// disagreement.
Result<void> cross_check_request(ByteView der, const x509::CertificateRequest& ours);

}  // namespace chancery::lint
