#include "ca/ceremony/run/finished_certificate.h"

#include "ca/ceremony/run/fields.h"
#include "ca/crypto/public_key.h"
#include "ca/lint/cross_check.h"
#include "ca/x509/chain.h"

namespace chancery::ceremony {
namespace {

Error not_a_root(const x509::Certificate& issuer) {
  return make_error(ErrorCode::validation,
                    "the issuer " + issuer.subject_text() +
                        " is not a self-signed root; name the root's files under issuer");
}

Error breaks_rules(const x509::Certificate& root, const Findings& findings) {
  Error error = make_error(ErrorCode::validation,
                           "the certificate of " + root.subject_text() +
                               " breaks the rules below, so that nothing it signs would be taken; name the "
                               "certificate that the root's ceremony made");
  for (const Finding& finding : findings.list()) {
    if (finding.severity != Severity::error) continue;
    error.message += "; " + finding.id + ": " + finding.message;
    error.details.push_back({finding.id, finding.citation, {}, finding.message});
  }
  return error;
}

}  // namespace

Findings lint_findings(const x509::Certificate& certificate, lint::Kind kind, const x509::Certificate* issuer,
                       const x509::Certificate* target, std::optional<TimePoint> signed_at) {
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(certificate.fields().spki);
  lint::References references;
  references.target = target;
  return lint::run_lints({.kind = kind,
                          .tbs = certificate.fields(),
                          .issuer = issuer,
                          .signing_time = signed_at.value_or(certificate.validity().not_before()),
                          .backdate_allowance = backdate_allowance,
                          .key = key ? &*key : nullptr,
                          .references = references});
}

Result<void> check_root_certificate(const x509::Certificate& root) {
  const bool self_issued = equal(root.fields().issuer, root.fields().subject);
  if (!self_issued || !x509::verify_issued_by(root, root)) return not_a_root(root);
  const Findings findings = lint_findings(root, lint::Kind::root, nullptr, nullptr);
  if (findings.has_errors()) return breaks_rules(root, findings);
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(root.fields().spki);
  if (!key) return key.error();
  if (Result<void> ok = crypto::check_key_quality(*key); !ok) return ok;
  const Result<lint::CrossCheck> second = lint::CrossCheck::for_issuer(root);
  return second ? second->check(root) : second.error();
}

}  // namespace chancery::ceremony
