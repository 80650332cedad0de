// From a list of revocations to a linted TBSCertList that may be signed exactly once: as certificates are, by
// a root in a ceremony and by the online CA.
#pragma once

#include "ca/issuance/prepare.h"
#include "ca/lint/crl_lint.h"
#include "ca/x509/crl.h"

namespace chancery::issuance {

// To sign one revocation list.
class CrlSigningToken : public SigningRight {
 public:
  [[nodiscard]] const x509::CrlNumber& number() const { return number_; }

 private:
  friend Result<CrlSigningToken> prepare_crl(const x509::CrlFields&, const x509::Certificate&, TimePoint,
                                             const lint::CrlScope&);
  CrlSigningToken(x509::CrlNumber number, Bytes tbs, crypto::SignatureAlgorithm algorithm, Findings warnings)
      : SigningRight(std::move(tbs), algorithm, std::move(warnings)), number_(std::move(number)) {}
  x509::CrlNumber number_;
};

// What goes with `issuer`: its subject, key identifier and default signature algorithm. The list is complete;
// for a shard, set distribution_point. nextUpdate = this_update + lifetime. Errors: validation when the
// issuer's key cannot be read.
Result<x509::CrlFields> crl_fields(const x509::Certificate& issuer, x509::CrlNumber number,
                                   TimePoint this_update, Seconds lifetime,
                                   std::vector<x509::RevokedCertificate> revoked);

// Writes the TBS, reads it back with the strict parser and runs every lint for revocation lists on it. No key
// is involved. Warnings (a list that comes late) do not refuse it; the token carries them. Errors:
// validation, with one detail a finding when it is the lints'.
Result<CrlSigningToken> prepare_crl(const x509::CrlFields& fields, const x509::Certificate& issuer,
                                    TimePoint signing_time, const lint::CrlScope& scope);

}  // namespace chancery::issuance
