// From credentials to a Caller. Every check is made on every request; only the outcome of a chain's
// signatures is remembered.
#pragma once

#include <string_view>
#include <vector>

#include "api/identity/caller.h"
#include "api/identity/verified_certificates.h"
#include "ca/authority/authority.h"
#include "ca/base/clock.h"
#include "ca/base/result.h"
#include "ca/store/store.h"
#include "ca/x509/certificate.h"

namespace chancery::identity {

// As the front has forwarded them; "" = none.
struct Credentials {
  std::string_view authorization;    // "Bearer TOKEN"
  std::string_view certificate_pem;  // what the client showed in TLS: its key is proven, nothing else
};

// Thread-safe. References must outlive it.
class Authenticator {
 public:
  // `previous_issuers`: CAs of before a rollover whose certificates still run. They authenticate as the
  // present one's do until they end.
  Authenticator(const authority::Authority& authority, store::Store& store,
                std::vector<x509::Certificate> roots, std::vector<x509::Certificate> previous_issuers,
                const Clock& clock);

  // A token wins over a certificate: whoever sends one means it. No credential is an anonymous Caller.
  // Token: known, not withdrawn, and not expired unless a request for approval was made with it (what is new
  // is then refused in its transaction, as expired). Whether uses are left is decided in the issuance
  // transaction, where a race cannot be lost and an Idempotency-Key may be replayed. Certificate: PEM; valid
  // now; signed by this CA's present or a previous issuer, which is valid now, up to a root; clientAuth;
  // recorded with this very fingerprint; not revoked. Errors: unauthorized, each fault with its own message;
  // unavailable, internal from the store.
  Result<Caller> authenticate(const Credentials& credentials) const;

 private:
  Result<Caller> by_token(std::string_view authorization) const;
  Result<Caller> by_certificate(std::string_view pem) const;
  [[nodiscard]] Result<VerifiedChain> verify(const x509::Certificate& certificate, TimePoint now) const;
  [[nodiscard]] Result<void> check_key(const store::CertificateRow& row) const;
  [[nodiscard]] policy::Role role_of(const ProfileName& profile) const;

  const authority::Authority& authority_;
  store::Store& store_;
  std::vector<x509::Certificate> roots_, previous_issuers_;
  const Clock& clock_;
  mutable VerifiedCertificates verified_;
};

}  // namespace chancery::identity
