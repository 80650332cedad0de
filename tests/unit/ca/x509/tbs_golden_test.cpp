// What we write, byte for byte against certificates that OpenSSL built from the same fields
// (tests/testdata/x509/generate).
#include <gmock/gmock.h>

#include "ca/x509/certificate.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::x509 {
namespace {

using crypto::SignatureAlgorithm;
using test::must;

Certificate golden(const std::string& name) {
  return must(Certificate::parse_pem(test::testdata("x509/certificates/" + name + ".pem")));
}

TimePoint at(const char* time) {
  return parse_rfc3339(time).value();
}

Bytes identifier_of(const Certificate& certificate) {
  return to_bytes(must(crypto::PublicKey::from_spki(certificate.fields().spki)).key_identifier());
}

Name root_name() {
  return Name({{AttributeType::country, "CH"},
               {AttributeType::organization, "Example"},
               {AttributeType::common_name, "Example Root R1"}});
}
Name intermediate_name() {
  return Name({{AttributeType::country, "CH"},
               {AttributeType::organization, "Example"},
               {AttributeType::organizational_unit, "Zürich"},
               {AttributeType::common_name, "Example Intermediate I1"}});
}

void expect_same_tbs(const CertificateFields& fields, const Certificate& expected) {
  EXPECT_EQ(to_hex(encode_tbs(fields)), to_hex(expected.tbs()));
  EXPECT_EQ(
      to_hex(assemble_certificate(expected.tbs(), expected.signature_algorithm(), expected.signature())),
      to_hex(expected.der()));
}

void expect_same_fields(const CertificateFields& fields, const Certificate& expected) {
  const ParsedTbs& parsed = expected.fields();
  EXPECT_EQ(parsed.serial, fields.serial);
  EXPECT_EQ(parsed.validity, fields.validity);
  EXPECT_EQ(parsed.issuer, fields.issuer);
  EXPECT_EQ(parsed.subject, fields.subject.to_der());
  EXPECT_EQ(parsed.extensions, fields.extensions);
  EXPECT_EQ(expected.signature_algorithm(), fields.signature);
  EXPECT_FALSE(parsed.has_unique_ids);
}

TEST(GoldenTbs, Root) {
  const Certificate expected = golden("root");
  const CertificateFields fields{
      .serial = must(SerialNumber::parse("0100000000000000000000000000000001")),
      .signature = SignatureAlgorithm::ecdsa_sha384,
      .issuer = root_name().to_der(),
      .validity = Validity::from_bounds(at("2026-01-01T00:00:00Z"), at("2035-12-29T23:59:59Z")),
      .subject = root_name(),
      .spki = expected.fields().spki,
      .extensions = {.basic_constraints = BasicConstraints{.ca = true, .path_len = {}},
                     .key_usage = KeyUsage{.key_cert_sign = true, .crl_sign = true},
                     .subject_key_identifier = identifier_of(expected)}};
  expect_same_fields(fields, expected);
  expect_same_tbs(fields, expected);
}

TEST(GoldenTbs, Intermediate) {
  const Certificate expected = golden("intermediate");
  const CertificateFields fields{
      .serial = must(SerialNumber::parse("0100000000000000000000000000000002")),
      .signature = SignatureAlgorithm::ecdsa_sha384,
      .issuer = root_name().to_der(),
      .validity = Validity::from_bounds(at("2026-01-02T00:00:00Z"), at("2030-12-31T23:59:59Z")),
      .subject = intermediate_name(),
      .spki = expected.fields().spki,
      .extensions = {.basic_constraints = BasicConstraints{.ca = true, .path_len = 0},
                     .key_usage = KeyUsage{.key_cert_sign = true, .crl_sign = true},
                     .extended_key_usage = {KeyPurpose::server_auth, KeyPurpose::client_auth},
                     .subject_key_identifier = identifier_of(expected),
                     .authority_key_identifier = identifier_of(golden("root")),
                     .crl_distribution_points = {"http://crl.example/root.crl"},
                     .ca_issuers = {"http://crl.example/root.cer"}}};
  expect_same_fields(fields, expected);
  expect_same_tbs(fields, expected);
}

CertificateFields leaf_like(const Certificate& expected, const char* serial, const char* from,
                            const char* to) {
  return {.serial = must(SerialNumber::parse(serial)),
          .signature = SignatureAlgorithm::ecdsa_sha256,
          .issuer = intermediate_name().to_der(),
          .validity = Validity::from_bounds(at(from), at(to)),
          .subject = test::make_name("web.example"),
          .spki = expected.fields().spki,
          .extensions = {.basic_constraints = BasicConstraints{},
                         .key_usage = KeyUsage{.digital_signature = true},
                         .extended_key_usage = {KeyPurpose::server_auth, KeyPurpose::client_auth},
                         .subject_key_identifier = identifier_of(expected),
                         .authority_key_identifier = identifier_of(golden("intermediate")),
                         .subject_alternative_names = {{GeneralNameType::dns, "web.example"},
                                                       {GeneralNameType::dns, "*.web.example"},
                                                       {GeneralNameType::ip, "192.0.2.7"},
                                                       {GeneralNameType::ip, "2001:db8::7"},
                                                       {GeneralNameType::uri, "spiffe://example/web"},
                                                       {GeneralNameType::email, "ops@example.com"}},
                         .crl_distribution_points = {"http://crl.example/0.crl", "http://crl2.example/0.crl"},
                         .ca_issuers = {"http://crl.example/intermediate.cer"},
                         .ocsp = {"http://ocsp.example/"}}};
}

TEST(GoldenTbs, Leaf) {
  const Certificate expected = golden("leaf");
  const CertificateFields fields = leaf_like(expected, "01ffeeddccbbaa99887766554433221100",
                                             "2026-11-22T04:36:00Z", "2027-02-20T04:35:59Z");
  EXPECT_EQ(fields.validity.lifetime(), Seconds(90 * 86400));
  expect_same_fields(fields, expected);
  expect_same_tbs(fields, expected);
}

TEST(GoldenTbs, LastSecondOf2049IsUtcTime) {
  const Certificate expected = golden("leaf-2049");
  expect_same_tbs(leaf_like(expected, "7f", "2049-01-01T00:00:00Z", "2049-12-31T23:59:59Z"), expected);
}

TEST(GoldenTbs, FirstSecondOf2050IsGeneralizedTime) {
  const Certificate expected = golden("leaf-2050");
  const CertificateFields fields =
      leaf_like(expected, "0080", "2049-12-31T23:59:59Z", "2050-01-01T00:00:00Z");
  expect_same_fields(fields, expected);
  expect_same_tbs(fields, expected);
}

// A cross-certificate's way of giving the subject: the names are critical only when those octets are the
// empty name's.
TEST(GoldenTbs, AnExactSubjectIsASubject) {
  for (const char* name : {"leaf", "leaf-without-subject"}) {
    const Certificate expected = golden(name);
    const ParsedTbs& parsed = expected.fields();
    const CertificateFields fields{.serial = parsed.serial,
                                   .signature = expected.signature_algorithm(),
                                   .issuer = parsed.issuer,
                                   .validity = parsed.validity,
                                   .subject = {},
                                   .spki = parsed.spki,
                                   .extensions = parsed.extensions,
                                   .exact_subject = parsed.subject};
    EXPECT_EQ(to_hex(encode_tbs(fields)), to_hex(expected.tbs())) << name;
  }
}

TEST(GoldenTbs, AnEmptySubjectMakesTheNamesCritical) {
  const Certificate expected = golden("leaf-without-subject");
  const CertificateFields fields{
      .serial = must(SerialNumber::parse("06")),
      .signature = SignatureAlgorithm::ecdsa_sha256,
      .issuer = intermediate_name().to_der(),
      .validity = Validity::from_bounds(at("2026-11-22T04:36:00Z"), at("2027-02-20T04:35:59Z")),
      .subject = Name(),
      .spki = expected.fields().spki,
      .extensions = {.basic_constraints = BasicConstraints{},
                     .key_usage = KeyUsage{.digital_signature = true, .key_encipherment = true},
                     .extended_key_usage = {KeyPurpose::server_auth},
                     .subject_key_identifier = identifier_of(expected),
                     .authority_key_identifier = identifier_of(golden("intermediate")),
                     .subject_alternative_names = {{GeneralNameType::dns, "web.example"}}}};
  expect_same_fields(fields, expected);
  expect_same_tbs(fields, expected);
  EXPECT_TRUE(expected.fields().raw_extensions.back().critical);
}

}  // namespace
}  // namespace chancery::x509
