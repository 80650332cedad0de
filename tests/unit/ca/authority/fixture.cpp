#include "tests/unit/ca/authority/fixture.h"
#include "tests/support/x509_builder.h"

namespace chancery::authority {

using test::must;

std::shared_ptr<const issuance::Issuer> make_issuer(TimePoint now, const AroundKey& around) {
  crypto::PrivateKey key = must(crypto::PrivateKey::generate({}));
  SystemRandom random;
  x509::Extensions extensions;
  extensions.basic_constraints = x509::BasicConstraints{.ca = true, .path_len = 0};
  extensions.key_usage = x509::KeyUsage{.key_cert_sign = true, .crl_sign = true};
  extensions.subject_key_identifier = to_bytes(key.public_key().key_identifier());
  const x509::Name name({{x509::AttributeType::common_name, "Test Intermediate"}});
  const x509::CertificateFields fields{
      .serial = x509::SerialNumber::generate(random),
      .signature = crypto::SignatureAlgorithm::ecdsa_sha256,
      .issuer = name.to_der(),
      .validity = x509::Validity::starting_at(now - Seconds(86400), Seconds(86400LL * 400)),
      .subject = name,
      .spki = to_bytes(key.public_key().spki()),
      .extensions = extensions};
  const Bytes tbs = x509::encode_tbs(fields);
  const Bytes signature = must(key.sign(fields.signature, tbs));
  std::unique_ptr<keys::Signer> signer = keys::make_memory_signer(std::move(key));
  if (around) signer = around(std::move(signer));
  return must(issuance::Issuer::create(
      must(x509::Certificate::parse(x509::assemble_certificate(tbs, fields.signature, signature))),
      std::move(signer), {.cross_check = true}));
}

std::shared_ptr<const policy::ProfileSet> make_profiles() {
  auto service = std::make_shared<policy::Profile>();
  service->name = ProfileName("service");
  service->file = "service.yaml";
  service->location = "service.yaml:1:1";
  service->lifetime = Seconds(90 * 86400);
  service->renew_after = Seconds(60 * 86400);
  service->backdate = Seconds(3600);
  service->keys = {{crypto::KeyAlgorithm::ec_p256, 256}};
  service->keys_location = "service.yaml:5:1";
  service->allowed[x509::GeneralNameType::dns] = {{"*.svc.internal", "service.yaml:9:5"}};
  service->max_names = 5;
  service->max_names_location = "service.yaml:12:1";
  service->extended_key_usage = {x509::KeyPurpose::server_auth, x509::KeyPurpose::client_auth};
  service->ca_issuers = {"http://ca.internal/intermediate.der"};
  return std::make_shared<const policy::ProfileSet>(
      std::vector<std::shared_ptr<const policy::Profile>>{std::move(service)});
}

AuthorityTest::AuthorityTest()
    : authority(std::make_unique<Authority>(
          AuthorityOptions{.profiles = make_profiles(), .issuer = make_issuer(clock.now())}, *store, clock,
          random, observer)) {}

std::vector<x509::GeneralName> AuthorityTest::names(const std::vector<std::string>& texts) {
  std::vector<x509::GeneralName> list;
  for (const std::string& text : texts) list.push_back(must(x509::parse_general_name(text)));
  return list;
}

x509::CertificateRequest AuthorityTest::csr_for(const std::vector<std::string>& texts) {
  const crypto::PrivateKey key = must(crypto::PrivateKey::generate({}));
  return must(
      x509::CertificateRequest::parse_pem(must(x509::create_request(key, x509::Name(), names(texts)))));
}

IssueRequest AuthorityTest::request_for(x509::CertificateRequest csr) {
  return {.requester = {.identity = Identity("web-01"),
                        .role = policy::Role::none,
                        .bound_names = names({"dns:web.svc.internal", "dns:api.svc.internal"})},
          .actor = Identity("web-01"),
          .profile = ProfileName("service"),
          .csr = std::move(csr),
          .request_id = RequestId("test")};
}

Result<Enrollment> AuthorityTest::enroll(int uses, Seconds lifetime) {
  return authority->enroll({.actor = Identity("alice"),
                            .identity = Identity("web-01"),
                            .profile = ProfileName("service"),
                            .names = names({"dns:web.svc.internal"}),
                            .uses = uses,
                            .lifetime = lifetime,
                            .request_id = RequestId("test")});
}

std::vector<store::AuditEntry> AuthorityTest::audit_entries() {
  return must(store->read_audit(0, 1000));
}

std::vector<std::string> AuthorityTest::audit_types() {
  std::vector<std::string> types;
  for (const store::AuditEntry& entry : audit_entries()) types.push_back(entry.event.event_type);
  return types;
}

}  // namespace chancery::authority
