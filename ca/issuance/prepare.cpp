#include "ca/issuance/prepare.h"

#include <algorithm>

namespace chancery::issuance {
namespace {

x509::KeyUsage leaf_key_usage(const crypto::KeyType& key) {
  x509::KeyUsage usage;
  usage.digital_signature = true;
  usage.key_encipherment = key.algorithm == crypto::KeyAlgorithm::rsa;
  return usage;
}

x509::Extensions leaf_extensions(const policy::Profile& profile, const policy::Decision& decision,
                                 const crypto::PublicKey& key, const Issuer& issuer) {
  x509::Extensions extensions;
  extensions.basic_constraints = x509::BasicConstraints{};
  extensions.key_usage = leaf_key_usage(key.type());
  extensions.extended_key_usage = profile.extended_key_usage;
  extensions.subject_key_identifier = to_bytes(key.key_identifier());
  extensions.authority_key_identifier = issuer.certificate().fields().extensions.subject_key_identifier;
  extensions.subject_alternative_names = decision.names;
  extensions.crl_distribution_points = profile.crl_distribution_points;
  extensions.ca_issuers = profile.ca_issuers;
  extensions.ocsp = profile.ocsp;
  return extensions;
}

}  // namespace

Error lint_refusal(std::string_view what, const Findings& findings) {
  Error error = make_error(ErrorCode::validation,
                           "the " + std::string(what) +
                               " would break the rules below and was not signed; correct the request or the "
                               "profile");
  for (const Finding& finding : findings.list()) {
    if (finding.severity != Severity::error) continue;
    error.details.push_back({finding.id, finding.citation, {}, finding.message});
  }
  return error;
}

Result<SigningToken> prepare(x509::CertificateFields fields, lint::Kind kind, const x509::Certificate* issuer,
                             const crypto::PublicKey& key, TimePoint signing_time, Seconds backdate_allowance,
                             const lint::References& references) {
  Bytes tbs = x509::encode_tbs(fields);
  const Result<x509::ParsedTbs> parsed = x509::parse_tbs(tbs);
  if (!parsed) {
    return make_error(ErrorCode::internal,
                      "the certificate could not be prepared; report this with the request id",
                      "own TBS refused by own parser: " + parsed.error().message);
  }
  Findings findings = lint::run_lints({.kind = kind,
                                       .tbs = *parsed,
                                       .issuer = issuer,
                                       .signing_time = signing_time,
                                       .backdate_allowance = backdate_allowance,
                                       .key = &key,
                                       .key_quality_known = kind == lint::Kind::leaf,
                                       .references = references});
  if (findings.has_errors()) return lint_refusal("certificate", findings);
  return SigningToken(std::move(fields), std::move(tbs), std::move(findings));
}

Result<x509::CertificateFields> leaf_fields(const policy::Profile& profile, const policy::Decision& decision,
                                            const x509::CertificateRequest& request, const Issuer& issuer,
                                            TimePoint now, RandomSource& random) {
  const x509::Validity& issuer_validity = issuer.certificate().validity();
  // Just after a ceremony the backdate would reach before the issuer's own birth.
  const TimePoint not_before = std::max(now - profile.backdate, issuer_validity.not_before());
  const x509::Validity validity = x509::Validity::starting_at(not_before, profile.lifetime);
  if (validity.not_after() > issuer_validity.not_after() || not_before > now) {
    return make_error(ErrorCode::unavailable,
                      "the issuer is valid from " + to_rfc3339(issuer_validity.not_before()) + " to " +
                          to_rfc3339(issuer_validity.not_after()) +
                          ", which does not cover a certificate of profile " + profile.name.text() +
                          " issued now; a ceremony must make a new intermediate");
  }
  return x509::CertificateFields{
      .serial = x509::SerialNumber::generate(random),
      .signature = issuer.algorithm(),
      .issuer = issuer.certificate().fields().subject,
      .validity = validity,
      .subject = decision.subject,
      .spki = to_bytes(request.public_key().spki()),
      .extensions = leaf_extensions(profile, decision, request.public_key(), issuer),
  };
}

}  // namespace chancery::issuance
