#include "ca/ceremony/run/fields.h"

#include <algorithm>

#include "ca/lint/crl_lint.h"

namespace chancery::ceremony {
namespace {

constexpr x509::KeyUsage ca_key_usage{.key_cert_sign = true, .crl_sign = true};
constexpr std::string_view serial_label = "chancery ceremony serial v2",
                           label_without_record = "chancery ceremony serial v1";
constexpr std::uint8_t serial_first = 0x40;  // positive and never zero
constexpr std::size_t serial_hashed = 19;    // octets: 20 in all, the most that RFC 5280 4.1.2.2 allows

}  // namespace

x509::Validity validity_of(const ValidityPlan& plan, TimePoint now) {
  return x509::Validity::starting_at(plan.not_before.value_or(now), plan.lifetime);
}

x509::SerialNumber serial_of(const Script& script, const Occasion& occasion, ByteView issuer_spki,
                             ByteView subject_spki, ByteView nonce) {
  Bytes text = to_bytes(as_bytes(occasion.record ? serial_label : label_without_record));
  const ByteView record = occasion.record ? ByteView(*occasion.record) : ByteView();
  for (const ByteView part : {record, ByteView(script.hash), issuer_spki, subject_spki, nonce}) {
    text.insert(text.end(), part.begin(), part.end());
  }
  const crypto::Sha256Digest hash = crypto::sha256(text);
  Bytes serial{serial_first};
  serial.insert(serial.end(), hash.begin(), hash.begin() + serial_hashed);
  return x509::SerialNumber::from_bytes(serial).value();
}

x509::CertificateFields root_fields(const Script& script, const RootPlan& plan, const crypto::PublicKey& key,
                                    const Occasion& occasion) {
  const Bytes key_identifier = to_bytes(key.key_identifier());
  return x509::CertificateFields{
      .serial = serial_of(script, occasion, key.spki(), key.spki(), {}),
      .signature = crypto::default_signature(key.type()),
      .issuer = plan.subject.to_der(),
      .validity = validity_of(plan.validity, occasion.now),
      .subject = plan.subject,
      .spki = to_bytes(key.spki()),
      .extensions = {.basic_constraints = x509::BasicConstraints{.ca = true, .path_len = {}},
                     .key_usage = ca_key_usage,
                     .subject_key_identifier = key_identifier,
                     .authority_key_identifier = key_identifier},
  };
}

x509::CertificateFields intermediate_fields(const Script& script, const IntermediatePlan& plan,
                                            const crypto::PublicKey& key, const x509::Certificate& issuer,
                                            const crypto::PublicKey& issuer_key, const Occasion& occasion) {
  const x509::ParsedTbs& parent = issuer.fields();
  x509::CertificateFields fields{
      .serial = serial_of(script, occasion, issuer_key.spki(), key.spki(), {}),
      .signature = crypto::default_signature(issuer_key.type()),
      .issuer = parent.subject,
      .validity = validity_of(plan.validity, occasion.now),
      .subject = plan.subject,
      .spki = to_bytes(key.spki()),
      .extensions = {.basic_constraints = x509::BasicConstraints{.ca = true, .path_len = plan.path_length},
                     .key_usage = ca_key_usage,
                     .extended_key_usage = {x509::KeyPurpose::server_auth, x509::KeyPurpose::client_auth},
                     .subject_key_identifier = to_bytes(key.key_identifier()),
                     .authority_key_identifier = parent.extensions.subject_key_identifier,
                     .crl_distribution_points = plan.crl_distribution_points,
                     .ca_issuers = plan.ca_issuers},
  };
  fields.extensions.name_constraints = plan.name_constraints;
  return fields;
}

x509::CertificateFields cross_fields(const Script& script, const CrossCertificatePlan& plan,
                                     const x509::Certificate& target, const x509::Certificate& issuer,
                                     const crypto::PublicKey& issuer_key, const Occasion& occasion) {
  const x509::ParsedTbs& theirs = target.fields();
  x509::CertificateFields fields{
      .serial = serial_of(script, occasion, issuer_key.spki(), theirs.spki, plan.serial_nonce),
      .signature = crypto::default_signature(issuer_key.type()),
      .issuer = issuer.fields().subject,
      .validity = validity_of(plan.validity, occasion.now),
      .subject = {},
      .spki = theirs.spki,
      .extensions = {.basic_constraints = x509::BasicConstraints{.ca = true, .path_len = plan.path_length},
                     .key_usage = ca_key_usage,
                     .extended_key_usage = plan.extended_key_usage,
                     .subject_key_identifier = theirs.extensions.subject_key_identifier,
                     .authority_key_identifier = issuer.fields().extensions.subject_key_identifier,
                     .crl_distribution_points = plan.crl_distribution_points,
                     .ca_issuers = plan.ca_issuers},
      .exact_subject = theirs.subject,
  };
  fields.extensions.name_constraints = plan.name_constraints;
  return fields;
}

Seconds longest_list(const CrlPlan& plan, const x509::Certificate& issuer, TimePoint this_update) {
  if (plan.last_reason.empty()) return lint::longest_ca_crl;
  return issuer.validity().not_after() - this_update;
}

}  // namespace chancery::ceremony
