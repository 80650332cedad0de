#include "ca/issuance/prepare_crl.h"

namespace chancery::issuance {

Result<x509::CrlFields> crl_fields(const x509::Certificate& issuer, x509::CrlNumber number,
                                   TimePoint this_update, Seconds lifetime,
                                   std::vector<x509::RevokedCertificate> revoked) {
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(issuer.fields().spki);
  if (!key) return with_context(key.error(), "the CRL's issuer");
  return x509::CrlFields{
      .signature = crypto::default_signature(key->type()),
      .issuer = issuer.fields().subject,
      .this_update = this_update,
      .next_update = this_update + lifetime,
      .revoked = std::move(revoked),
      .number = std::move(number),
      .authority_key_identifier = issuer.fields().extensions.subject_key_identifier,
  };
}

Result<CrlSigningToken> prepare_crl(const x509::CrlFields& fields, const x509::Certificate& issuer,
                                    TimePoint signing_time, const lint::CrlScope& scope) {
  Bytes tbs = x509::encode_tbs_cert_list(fields);
  const Result<x509::ParsedCrl> parsed = x509::parse_tbs_cert_list(tbs);
  if (!parsed) return with_context(parsed.error(), "the CRL was not signed");
  Findings findings =
      lint::run_crl_lints({.crl = *parsed, .issuer = &issuer, .signing_time = signing_time, .scope = scope});
  if (findings.has_errors()) return lint_refusal("CRL", findings);
  return CrlSigningToken(fields.number, std::move(tbs), fields.signature, std::move(findings));
}

}  // namespace chancery::issuance
