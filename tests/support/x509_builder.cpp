#include "tests/support/x509_builder.h"

#include "ca/x509/der.h"
#include "ca/x509/oids.h"

namespace chancery::test {
namespace {

constexpr Seconds day{86400};

x509::SerialNumber random_serial() {
  SystemRandom random;
  return x509::SerialNumber::generate(random);
}

x509::Extensions ca_extensions(const crypto::PublicKey& key) {
  x509::Extensions extensions;
  extensions.basic_constraints = x509::BasicConstraints{.ca = true, .path_len = {}};
  extensions.key_usage = x509::KeyUsage{.key_cert_sign = true, .crl_sign = true};
  extensions.subject_key_identifier = to_bytes(key.key_identifier());
  return extensions;
}

CertifiedKey certify(const x509::CertificateFields& fields, std::shared_ptr<const crypto::PrivateKey> key,
                     const crypto::PrivateKey& issuer_key) {
  return {sign_fields(fields, issuer_key), std::move(key)};
}

}  // namespace

TimePoint test_time() {
  return parse_rfc3339("2026-11-22T00:00:00Z").value();
}

std::unique_ptr<keys::Signer> CertifiedKey::signer() const {
  const SecretBytes pkcs8 = must(key->to_pkcs8());
  return keys::make_memory_signer(must(crypto::PrivateKey::from_pkcs8(pkcs8.reveal())));
}

crypto::PrivateKey make_key(crypto::KeyType type) {
  return must(crypto::PrivateKey::generate(type));
}

x509::Name make_name(const std::string& common_name) {
  return x509::Name({{x509::AttributeType::common_name, common_name}});
}

std::vector<x509::GeneralName> dns_names(const std::vector<std::string>& names) {
  std::vector<x509::GeneralName> list;
  for (const std::string& name : names) list.push_back({x509::GeneralNameType::dns, name});
  return list;
}

CertifiedKey make_root(TimePoint now, const std::string& common_name, crypto::KeyType type) {
  const auto key = std::make_shared<const crypto::PrivateKey>(make_key(type));
  const x509::Name name = make_name(common_name);
  return certify({.serial = random_serial(),
                  .signature = crypto::default_signature(type),
                  .issuer = name.to_der(),
                  .validity = x509::Validity::starting_at(now - day, 3650 * day),
                  .subject = name,
                  .spki = to_bytes(key->public_key().spki()),
                  .extensions = ca_extensions(key->public_key())},
                 key, *key);
}

CertifiedKey make_intermediate(const CertifiedKey& root, TimePoint now, const std::string& common_name,
                               crypto::KeyType type) {
  const auto key = std::make_shared<const crypto::PrivateKey>(make_key(type));
  x509::Extensions extensions = ca_extensions(key->public_key());
  extensions.basic_constraints->path_len = 0;
  extensions.extended_key_usage = {x509::KeyPurpose::server_auth, x509::KeyPurpose::client_auth};
  extensions.authority_key_identifier = root.certificate.fields().extensions.subject_key_identifier;
  extensions.crl_distribution_points = {"http://crl.example/root.crl"};
  extensions.ca_issuers = {"http://crl.example/root.cer"};
  return certify({.serial = random_serial(),
                  .signature = crypto::default_signature(root.key->public_key().type()),
                  .issuer = root.certificate.fields().subject,
                  .validity = x509::Validity::starting_at(now - Seconds(3600), 1826 * day),
                  .subject = make_name(common_name),
                  .spki = to_bytes(key->public_key().spki()),
                  .extensions = extensions},
                 key, *root.key);
}

x509::CertificateFields leaf_fields(const CertifiedKey& issuer, const crypto::PublicKey& key,
                                    const LeafOptions& options) {
  x509::Extensions extensions;
  extensions.basic_constraints = x509::BasicConstraints{};
  extensions.key_usage = x509::KeyUsage{.digital_signature = true};
  extensions.extended_key_usage = options.purposes;
  extensions.subject_key_identifier = to_bytes(key.key_identifier());
  extensions.authority_key_identifier = issuer.certificate.fields().extensions.subject_key_identifier;
  extensions.subject_alternative_names = dns_names(options.names);
  extensions.crl_distribution_points = {"http://crl.example/0.crl"};
  extensions.ca_issuers = {"http://crl.example/intermediate.cer"};
  return {.serial = random_serial(),
          .signature = crypto::default_signature(issuer.key->public_key().type()),
          .issuer = issuer.certificate.fields().subject,
          .validity = x509::Validity::starting_at(options.now, options.lifetime),
          .subject = options.names.empty() ? x509::Name() : make_name(options.names.front()),
          .spki = to_bytes(key.spki()),
          .extensions = extensions};
}

CertifiedKey make_leaf(const CertifiedKey& issuer, const LeafOptions& options) {
  const auto key = std::make_shared<const crypto::PrivateKey>(make_key(options.type));
  return certify(leaf_fields(issuer, key->public_key(), options), key, *issuer.key);
}

x509::Certificate sign_fields(const x509::CertificateFields& fields, const crypto::PrivateKey& issuer_key) {
  const Bytes tbs = x509::encode_tbs(fields);
  const Bytes signature = must(issuer_key.sign(fields.signature, tbs));
  return must(x509::Certificate::parse(x509::assemble_certificate(tbs, fields.signature, signature)));
}

std::string make_request_pem(const crypto::PrivateKey& key, const std::vector<std::string>& dns,
                             const std::string& common_name) {
  const x509::Name subject = common_name.empty() ? x509::Name() : make_name(common_name);
  return must(x509::create_request(key, subject, dns_names(dns)));
}

x509::CertificateRequest make_request(const crypto::PrivateKey& key, const std::vector<std::string>& dns,
                                      const std::string& common_name) {
  return must(x509::CertificateRequest::parse_pem(make_request_pem(key, dns, common_name)));
}

x509::CertificateRequest make_challenge_request(const keys::Signer& signer, ByteView subject,
                                                ByteView challenge) {
  using namespace x509::der;
  Bytes info;
  Writer out(info);
  out.sequence([&] {
    out.small_integer(0);
    out.raw(subject);
    out.raw(signer.public_key().spki());
    out.constructed(context_constructed(0), [&] {
      out.sequence([&] {
        out.oid(x509::oids::challenge_password);
        out.constructed(static_cast<std::uint8_t>(Tag::set), [&] { out.raw(challenge); });
      });
    });
  });
  const auto algorithm = crypto::default_signature(signer.public_key().type());
  return must(x509::CertificateRequest::parse(
      x509::assemble_request(info, algorithm, must(signer.sign(algorithm, info)))));
}

}  // namespace chancery::test
