#include "tests/bench/hierarchy.h"

#include <cstdio>
#include <cstdlib>

#include "ca/policy/load_yaml.h"
#include "ca/x509/csr.h"

namespace chancery::bench {
namespace {

x509::Certificate make_intermediate(const crypto::PrivateKey& key, TimePoint now) {
  SystemRandom random;
  x509::Extensions extensions;
  extensions.basic_constraints = x509::BasicConstraints{.ca = true, .path_len = 0};
  extensions.key_usage = x509::KeyUsage{.key_cert_sign = true, .crl_sign = true};
  extensions.extended_key_usage = {x509::KeyPurpose::server_auth, x509::KeyPurpose::client_auth};
  extensions.subject_key_identifier = to_bytes(key.public_key().key_identifier());
  extensions.authority_key_identifier = extensions.subject_key_identifier;
  const x509::Name name({{x509::AttributeType::common_name, "Benchmark Intermediate"}});
  const x509::CertificateFields fields{
      .serial = x509::SerialNumber::generate(random),
      .signature = crypto::SignatureAlgorithm::ecdsa_sha256,
      .issuer = name.to_der(),
      .validity = x509::Validity::starting_at(now - Seconds(86400), Seconds(1826LL * 86400)),
      .subject = name,
      .spki = to_bytes(key.public_key().spki()),
      .extensions = extensions,
  };
  const Bytes tbs = x509::encode_tbs(fields);
  const Bytes signature = must(key.sign(fields.signature, tbs));
  return must(x509::Certificate::parse(x509::assemble_certificate(tbs, fields.signature, signature)));
}

}  // namespace

void give_up(const Error& error) {
  std::fprintf(stderr, "benchmark: %s %s\n", error.message.c_str(), error.internal.c_str());
  for (const ErrorDetail& detail : error.details) {
    std::fprintf(stderr, "  %s %s %s: %s\n", detail.rule.c_str(), detail.location.c_str(),
                 detail.value.c_str(), detail.message.c_str());
  }
  std::exit(1);
}

Hierarchy make_hierarchy(TimePoint now, bool cross_check) {
  crypto::PrivateKey issuer_key = must(crypto::PrivateKey::generate({}));
  const crypto::PrivateKey leaf_key = must(crypto::PrivateKey::generate({}));
  const x509::Certificate certificate = make_intermediate(issuer_key, now);
  const std::string csr = must(
      x509::create_request(leaf_key, x509::Name(), {{x509::GeneralNameType::dns, "bench.service.internal"}}));
  return {.issuer = must(issuance::Issuer::create(
              certificate, keys::make_memory_signer(std::move(issuer_key)), {.cross_check = cross_check})),
          .profiles = std::make_shared<const policy::ProfileSet>(
              must(policy::load_profiles(CHANCERY_SOURCE_DIR "/policies/profiles"))),
          .csr = to_bytes(must(x509::CertificateRequest::parse_pem(csr)).der())};
}

}  // namespace chancery::bench
