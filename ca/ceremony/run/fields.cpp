#include "ca/ceremony/run/fields.h"

namespace chancery::ceremony {
namespace {

constexpr x509::KeyUsage ca_key_usage{.key_cert_sign = true, .crl_sign = true};

}  // namespace

x509::Validity validity_of(const Script& script, TimePoint now) {
  return x509::Validity::starting_at(script.not_before.value_or(now), script.lifetime);
}

x509::CertificateFields root_fields(const Script& script, const crypto::PublicKey& key, TimePoint now,
                                    RandomSource& random) {
  const Bytes name = script.subject.to_der();
  const Bytes key_identifier = to_bytes(key.key_identifier());
  return x509::CertificateFields{
      .serial = x509::SerialNumber::generate(random),
      .signature = crypto::default_signature(key.type()),
      .issuer = name,
      .validity = validity_of(script, now),
      .subject = script.subject,
      .spki = to_bytes(key.spki()),
      .extensions = {.basic_constraints = x509::BasicConstraints{.ca = true, .path_len = {}},
                     .key_usage = ca_key_usage,
                     .subject_key_identifier = key_identifier,
                     .authority_key_identifier = key_identifier},
  };
}

x509::CertificateFields intermediate_fields(const Script& script, const crypto::PublicKey& key,
                                            const issuance::Issuer& issuer, TimePoint now,
                                            RandomSource& random) {
  const x509::ParsedTbs& parent = issuer.certificate().fields();
  return x509::CertificateFields{
      .serial = x509::SerialNumber::generate(random),
      .signature = issuer.algorithm(),
      .issuer = parent.subject,
      .validity = validity_of(script, now),
      .subject = script.subject,
      .spki = to_bytes(key.spki()),
      .extensions = {.basic_constraints = x509::BasicConstraints{.ca = true, .path_len = script.path_length},
                     .key_usage = ca_key_usage,
                     .extended_key_usage = {x509::KeyPurpose::server_auth, x509::KeyPurpose::client_auth},
                     .subject_key_identifier = to_bytes(key.key_identifier()),
                     .authority_key_identifier = parent.extensions.subject_key_identifier,
                     .crl_distribution_points = script.crl_distribution_points,
                     .ca_issuers = script.ca_issuers},
  };
}

}  // namespace chancery::ceremony
