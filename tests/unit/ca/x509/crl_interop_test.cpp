// Our revocation lists and name constraints, judged by OpenSSL's and GnuTLS's command lines. Botan's reads no
// lists: its library does, in ca/lint/cross_check_crl.cpp.
#include <gmock/gmock.h>

#include "ca/x509/chain.h"
#include "ca/x509/crl.h"
#include "tests/support/command_line.h"
#include "tests/support/x509_builder.h"

namespace chancery::x509 {
namespace {

using test::CertifiedKey;
using test::must;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr crypto::KeyType kinds[] = {{crypto::KeyAlgorithm::ec_p256, 256},
                                     {crypto::KeyAlgorithm::ec_p384, 384},
                                     {crypto::KeyAlgorithm::ec_p521, 521},
                                     {crypto::KeyAlgorithm::rsa, 2048}};

Crl make_crl(const CertifiedKey& issuer, TimePoint now, std::vector<RevokedCertificate> revoked) {
  const CrlFields fields{
      .signature = crypto::default_signature(issuer.key->public_key().type()),
      .issuer = issuer.certificate.fields().subject,
      .this_update = now,
      .next_update = now + Seconds(30LL * 86400),
      .revoked = std::move(revoked),
      .number = CrlNumber(42),
      .authority_key_identifier = issuer.certificate.fields().extensions.subject_key_identifier};
  const Bytes tbs = encode_tbs_cert_list(fields);
  return must(Crl::parse(assemble_crl(tbs, fields.signature, must(issuer.key->sign(fields.signature, tbs)))));
}

class CrlInterop : public testing::Test, protected test::CommandLine {};

// At the present time, because certtool knows no other.
TEST_F(CrlInterop, ListsOfEveryKindOfKeyVerifyEverywhere) {
  const TimePoint now = SystemClock().now() - Seconds(60);
  for (const crypto::KeyType& kind : kinds) {
    const std::string name(to_string(kind.algorithm));
    const CertifiedKey root = test::make_root(now, "Root " + name, kind);
    const CertifiedKey gone = test::make_intermediate(root, now), kept = test::make_intermediate(root, now);
    const Crl crl = make_crl(
        root, now,
        {{gone.serial(), now - Seconds(3600), RevocationReason::key_compromise, now - Seconds(7200)}});
    EXPECT_TRUE(verify_crl_issued_by(crl, root.certificate));
    write(name + ".root", root.certificate.to_pem());
    write(name + ".crl", crl.to_pem());
    write(name + ".gone", gone.certificate.to_pem());
    write(name + ".kept", kept.certificate.to_pem());
    EXPECT_THAT(run("openssl crl -verify -noout -CAfile " + name + ".root -in " + name + ".crl"),
                HasSubstr("verify OK"));
    const std::string check =
        "openssl verify -x509_strict -crl_check -CAfile " + name + ".root -CRLfile " + name + ".crl ";
    EXPECT_EQ(run(check + name + ".kept"), name + ".kept: OK\n");
    EXPECT_THAT(run(check + name + ".gone"), AllOf(HasSubstr("certificate revoked"), HasSubstr("exit ")));
    EXPECT_THAT(
        run("certtool --verify-crl --load-ca-certificate " + name + ".root --infile " + name + ".crl"),
        AllOf(HasSubstr("Verification output: Verified."), Not(HasSubstr("exit "))))
        << name;
  }
}

TEST_F(CrlInterop, OthersReadTheFieldsThatWeWrote) {
  const CertifiedKey root = test::make_root();
  const TimePoint now = test::test_time();
  const auto serial = must(SerialNumber::parse("01ab"));
  write("crl", make_crl(root, now, {{serial, now - Seconds(60), RevocationReason::superseded, {}}}).to_pem());
  write("empty", make_crl(root, now, {}).to_pem());
  const std::string text = run("openssl crl -in crl -noout -text");
  for (const char* expected :
       {"Version 2 (0x1)", "Issuer: CN = Test Root", "Last Update: Nov 22 00:00:00 2026 GMT",
        "Next Update: Dec 22 00:00:00 2026 GMT", "X509v3 CRL Number: \n                42",
        "Serial Number: 01AB", "Revocation Date: Nov 21 23:59:00 2026 GMT", "Superseded"})
    EXPECT_THAT(text, HasSubstr(expected));
  EXPECT_THAT(run("openssl crl -in empty -noout -text"), HasSubstr("No Revoked Certificates."));
  EXPECT_THAT(run("certtool --crl-info --infile crl"),
              AllOf(HasSubstr("Issuer: CN=Test Root"), HasSubstr("CRL Number (not critical): 2a"),
                    HasSubstr("Serial Number (hex): 01ab"), Not(HasSubstr("exit "))));
  EXPECT_THAT(run("certtool --crl-info --infile empty"), HasSubstr("No revoked certificates."));
}

// The same question to OpenSSL's path validation and to ours.
TEST_F(CrlInterop, OpensslAgreesAboutNameConstraints) {
  struct Question {
    const char *permitted, *excluded, *name;
    bool allowed;
  };
  const Question questions[] = {{"dns:internal.example", "", "dns:a.internal.example", true},
                                {"dns:internal.example", "", "dns:internal.example", true},
                                {"dns:internal.example", "", "dns:xinternal.example", false},
                                {"dns:internal.example", "", "ip:10.0.0.1", true},
                                {"dns:internal.example", "ip:0.0.0.0/0", "ip:10.0.0.1", false},
                                {"dns:internal.example", "ip:0.0.0.0/0", "ip:fd00::1", true},
                                {"dns:internal.example", "ip:::/0", "ip:fd00::1", false},
                                {"ip:10.0.0.0/8", "dns:", "dns:a.example", false},
                                {"ip:10.0.0.0/8", "dns:", "ip:10.1.2.3", true},
                                {"ip:10.0.0.0/8", "", "ip:11.1.2.3", false},
                                {"ip:fd00::/8", "", "ip:fd00::7", true},
                                {"ip:fd00::/8", "", "ip:10.1.2.3", false},
                                {"email:host.example", "", "email:a@host.example", true},
                                {"email:host.example", "", "email:a@b.host.example", false},
                                {"uri:.example", "", "uri:https://a.example/", true},
                                {"uri:host.example", "", "uri:https://a.host.example/", false},
                                {"dns:example", "dns:secret.example", "dns:a.secret.example", false}};
  const TimePoint now = test::test_time();
  const CertifiedKey root = test::make_root(now);
  const CertifiedKey key = test::make_intermediate(root, now), leaf_key = test::make_leaf(key, {.now = now});
  write("root", root.certificate.to_pem());
  int number = 0;
  for (const Question& question : questions) {
    CertificateFields ca = test::leaf_fields(root, key.key->public_key());
    ca.subject = test::make_name("Constrained");
    ca.extensions = key.certificate.fields().extensions;
    ca.extensions.name_constraints.emplace().permitted = {must(parse_name_subtree(question.permitted))};
    if (*question.excluded != '\0')
      ca.extensions.name_constraints->excluded = {must(parse_name_subtree(question.excluded))};
    const CertifiedKey constrained{test::sign_fields(ca, *root.key), key.key};
    CertificateFields fields = test::leaf_fields(constrained, leaf_key.key->public_key());
    fields.subject = Name();
    fields.extensions.subject_alternative_names = {must(parse_general_name(question.name))};
    const Certificate leaf = test::sign_fields(fields, *key.key);
    const std::string file = std::to_string(++number);
    write(file + ".ca", constrained.certificate.to_pem());
    write(file + ".leaf", leaf.to_pem());
    const std::string theirs = run("openssl verify -attime " + std::to_string(to_unix(now)) +
                                   " -CAfile root -untrusted " + file + ".ca " + file + ".leaf");
    const Result<void> ours = verify_chain(leaf, std::array{constrained.certificate},
                                           std::array{root.certificate}, now, KeyPurpose::server_auth);
    EXPECT_EQ(theirs == file + ".leaf: OK\n", question.allowed) << question.name << " " << theirs;
    EXPECT_EQ(ours.has_value(), question.allowed)
        << question.permitted << " " << question.excluded << " " << question.name;
  }
}

}  // namespace
}  // namespace chancery::x509
