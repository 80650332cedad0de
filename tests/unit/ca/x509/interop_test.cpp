// What we make, read by OpenSSL's and GnuTLS's command lines.
#include <gmock/gmock.h>

#include "ca/x509/certificate.h"
#include "tests/support/command_line.h"
#include "tests/support/x509_builder.h"

namespace chancery::x509 {
namespace {

using test::CertifiedKey;
using test::must;
using testing::HasSubstr;

class Interop : public testing::Test, protected test::CommandLine {};

constexpr crypto::KeyType kinds[] = {{crypto::KeyAlgorithm::ec_p256, 256},
                                     {crypto::KeyAlgorithm::ec_p384, 384},
                                     {crypto::KeyAlgorithm::ec_p521, 521},
                                     {crypto::KeyAlgorithm::rsa, 2048},
                                     {crypto::KeyAlgorithm::ed25519, 256}};

// At the present time, because certtool knows no other.
TEST_F(Interop, ChainsOfEveryKindOfKeyVerifyInOpensslAndGnutls) {
  const TimePoint now = SystemClock().now();
  for (const crypto::KeyType& kind : kinds) {
    const std::string name(to_string(kind.algorithm));
    const CertifiedKey root = test::make_root(now, "Root " + name, kind);
    const CertifiedKey intermediate = test::make_intermediate(root, now, "Intermediate " + name, kind);
    const CertifiedKey leaf = test::make_leaf(intermediate, {.now = now - Seconds(60), .type = kind});
    write(name + ".root", root.certificate.to_pem());
    write(name + ".intermediate", intermediate.certificate.to_pem());
    write(name + ".leaf", leaf.certificate.to_pem());
    write(name + ".chain", leaf.certificate.to_pem() + intermediate.certificate.to_pem());
    EXPECT_EQ(run("openssl verify -x509_strict -purpose sslserver -CAfile " + name + ".root -untrusted " +
                  name + ".intermediate " + name + ".leaf"),
              name + ".leaf: OK\n");
    EXPECT_THAT(run("certtool --verify --load-ca-certificate " + name + ".root --infile " + name + ".chain"),
                AllOf(HasSubstr("Chain verification output: Verified."), testing::Not(HasSubstr("exit "))))
        << name;
  }
}

TEST_F(Interop, OpensslReadsTheFieldsThatWeWrote) {
  const CertifiedKey root = test::make_root();
  const crypto::PrivateKey key = test::make_key();
  CertificateFields fields = test::leaf_fields(root, key.public_key());
  fields.extensions.subject_alternative_names.push_back({GeneralNameType::ip, "2001:db8::7"});
  fields.extensions.subject_alternative_names.push_back({GeneralNameType::uri, "spiffe://example/web"});
  fields.extensions.ocsp = {"http://ocsp.example/"};
  write("leaf", test::sign_fields(fields, *root.key).to_pem());
  const std::string text = run("openssl x509 -in leaf -noout -text");
  for (const char* expected : {"Version: 3", "Issuer: CN = Test Root", "Not Before: Nov 22 00:00:00 2026 GMT",
                               "Not After : Feb 19 23:59:59 2027 GMT", "Subject: CN = web.example",
                               "CA:FALSE", "Key Usage: critical\n                Digital Signature\n",
                               "TLS Web Server Authentication, TLS Web Client Authentication",
                               "DNS:web.example, IP Address:2001:DB8:0:0:0:0:0:7, URI:spiffe://example/web",
                               "URI:http://crl.example/0.crl", "OCSP - URI:http://ocsp.example/",
                               "CA Issuers - URI:http://crl.example/intermediate.cer"}) {
    EXPECT_THAT(text, HasSubstr(expected));
  }
  EXPECT_THAT(run("certtool --certificate-info --infile leaf"), HasSubstr("Subject: CN=web.example"));
}

TEST_F(Interop, RequestsVerifyInOpensslAndGnutls) {
  for (const crypto::KeyType& kind : kinds) {
    const std::string name(to_string(kind.algorithm));
    write(name,
          test::make_request_pem(test::make_key(kind), {"web.example", "www.web.example"}, "web.example"));
    const std::string text = run("openssl req -verify -noout -text -in " + name);
    EXPECT_THAT(
        text, AllOf(HasSubstr("self-signature verify OK"), HasSubstr("DNS:web.example, DNS:www.web.example")))
        << name;
    EXPECT_THAT(run("certtool --crq-info --infile " + name),
                AllOf(HasSubstr("Self signature: verified"), testing::Not(HasSubstr("exit "))))
        << name;
  }
}

TEST_F(Interop, OpensslOpensOurEncryptedKeys) {
  for (const crypto::KeyType& kind : kinds) {
    const std::string name(to_string(kind.algorithm));
    const crypto::PrivateKey key = test::make_key(kind);
    const std::string passphrase = "correct horse battery";
    write(name, must(key.to_encrypted_pem(SecretBytes::copy_of(as_bytes(passphrase)))));
    write(name + ".passphrase", passphrase);
    EXPECT_EQ(run("openssl pkey -pubout -in " + name + " -passin file:" + name + ".passphrase"),
              to_pem("PUBLIC KEY", key.public_key().spki()));
  }
}

}  // namespace
}  // namespace chancery::x509
