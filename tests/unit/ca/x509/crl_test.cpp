// What we write, byte for byte against lists that OpenSSL built from the same facts, and what we read
// (tests/testdata/crl/generate).
#include "ca/x509/crl.h"

#include <gmock/gmock.h>

#include "ca/x509/oids.h"
#include "tests/support/outcome.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::x509 {
namespace {

using test::must;
using test::outcome_of;
using testing::HasSubstr;

Crl golden(const std::string& name) {
  return must(Crl::parse_pem(test::testdata("crl/" + name + ".pem")));
}
Certificate golden_issuer() {
  return must(Certificate::parse_pem(test::testdata("crl/root.pem")));
}
TimePoint at(const char* time) {
  return parse_rfc3339(time).value();
}
SerialNumber serial(const char* hex) {
  return must(SerialNumber::parse(hex));
}

CrlFields empty_fields(std::uint64_t number) {
  const ParsedTbs issuer = golden_issuer().fields();
  return {.issuer = issuer.subject,
          .this_update = at("2026-11-01T00:00:00Z"),
          .next_update = at("2027-04-01T00:00:00Z"),
          .number = CrlNumber(number),
          .authority_key_identifier = issuer.extensions.subject_key_identifier};
}

CrlFields fields_with_entries(std::uint64_t number) {
  CrlFields fields = empty_fields(number);
  fields.revoked = {{serial("0101"), at("2026-10-01T00:00:00Z"), {}, {}},
                    {serial("0202"), at("2026-10-02T00:00:00Z"), RevocationReason::key_compromise, {}},
                    {serial("0303"), at("2026-10-03T00:00:00Z"), RevocationReason::key_compromise,
                     at("2026-09-30T12:00:00Z")},
                    {serial("00ff04"), at("2026-10-04T00:00:00Z"), RevocationReason::superseded, {}}};
  return fields;
}

void expect_golden(const CrlFields& fields, const std::string& name) {
  const Crl expected = golden(name);
  EXPECT_EQ(to_hex(encode_tbs_cert_list(fields)), to_hex(expected.tbs())) << name;
  EXPECT_EQ(to_hex(assemble_crl(expected.tbs(), expected.signature_algorithm(), expected.signature())),
            to_hex(expected.der()));
  const ParsedCrl& parsed = expected.fields();
  EXPECT_EQ(parsed.issuer, fields.issuer);
  EXPECT_EQ(parsed.this_update, fields.this_update);
  EXPECT_EQ(parsed.next_update, fields.next_update);
  EXPECT_EQ(parsed.revoked, fields.revoked);
  EXPECT_EQ(parsed.number, fields.number);
  EXPECT_EQ(parsed.authority_key_identifier, fields.authority_key_identifier);
  EXPECT_EQ(parsed.distribution_point, fields.distribution_point);
  EXPECT_EQ(outcome_of(verify_crl_issued_by(expected, golden_issuer())), "ok");
}

TEST(GoldenCrl, EntriesWithReasonsAndAnInvalidityDate) {
  expect_golden(fields_with_entries(7), "entries");
}

TEST(GoldenCrl, WithoutEntriesThereIsNoList) {
  expect_golden(empty_fields(0x1000), "empty");
}

TEST(GoldenCrl, APartNamesItsDistributionPoint) {
  CrlFields fields = fields_with_entries(8);
  fields.distribution_point =
      IssuingDistributionPoint{.uris = {"http://crl.example/7.crl"}, .only_user_certificates = true};
  expect_golden(fields, "shard");
}

TEST(GoldenCrl, TimesFrom2050AreGeneralized) {
  CrlFields fields = empty_fields(9);
  fields.this_update = at("2049-01-01T00:00:00Z");
  fields.next_update = at("2050-01-01T00:00:00Z");
  expect_golden(fields, "far");
}

TEST(Crl, ReadsGnutlssToo) {
  const Crl crl = golden("gnutls");
  EXPECT_EQ(outcome_of(verify_crl_issued_by(crl, golden_issuer())), "ok");
  EXPECT_EQ(crl.fields().number, CrlNumber(5));
  ASSERT_EQ(crl.fields().revoked.size(), 1U);
  const SerialNumber revoked = crl.fields().revoked[0].serial;
  EXPECT_NE(find_revoked(crl.fields(), revoked), nullptr);
  EXPECT_EQ(find_revoked(crl.fields(), serial("09")), nullptr);
}

TEST(Crl, KeepsHarmlessUnknownExtensionsRaw) {
  EXPECT_EQ(golden("harmless").fields().raw_extensions.size(), 3U);
  const ParsedCrl hold = golden("hold").fields();
  EXPECT_EQ(hold.revoked[0].reason, RevocationReason::certificate_hold);
  EXPECT_EQ(hold.raw_entry_extensions.size(), 2U);  // the reason and the hold instruction
}

TEST(Crl, TheOrderOfTheFactsDoesNotMatter) {
  CrlFields fields = fields_with_entries(7);
  const Bytes expected = encode_tbs_cert_list(fields);
  std::reverse(fields.revoked.begin(), fields.revoked.end());
  EXPECT_EQ(encode_tbs_cert_list(fields), expected);
  for (RevokedCertificate& entry : fields.revoked) entry.revoked_at = at("2026-10-01T00:00:00Z");
  const ParsedCrl parsed = must(parse_tbs_cert_list(encode_tbs_cert_list(fields)));
  EXPECT_EQ(parsed.revoked.front().serial,
            serial("0101"));  // by number, not by octets: 00ff04 is the largest
  EXPECT_EQ(parsed.revoked.back().serial, serial("00ff04"));
}

TEST(Crl, AnUnspecifiedReasonIsNotWritten) {
  CrlFields fields = empty_fields(1);
  fields.revoked = {{serial("0101"), at("2026-10-01T00:00:00Z"), {}, {}}};
  const Bytes without = encode_tbs_cert_list(fields);
  fields.revoked[0].reason = RevocationReason::unspecified;
  EXPECT_EQ(encode_tbs_cert_list(fields), without);
}

TEST(Crl, EveryReasonSurvives) {
  for (const char* name :
       {"keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation",
        "certificateHold", "removeFromCRL", "privilegeWithdrawn", "aACompromise"}) {
    const RevocationReason reason = parse_revocation_reason(name).value();
    EXPECT_EQ(to_string(reason), name);
    CrlFields fields = empty_fields(1);
    fields.revoked = {{serial("0101"), at("2026-10-01T00:00:00Z"), reason, {}}};
    EXPECT_EQ(must(parse_tbs_cert_list(encode_tbs_cert_list(fields))).revoked[0].reason, reason);
  }
  EXPECT_EQ(to_string(RevocationReason::unspecified), "unspecified");
  EXPECT_FALSE(parse_revocation_reason("KeyCompromise"));
}

TEST(Crl, PemRoundTrip) {
  const Crl crl = golden("entries");
  EXPECT_EQ(crl.to_pem(), test::testdata("crl/entries.pem"));
  EXPECT_EQ(crl.fingerprint(), crypto::sha256(crl.der()));
  EXPECT_THAT(outcome_of(Crl::parse_pem(crl.to_pem() + crl.to_pem())), HasSubstr("exactly one PEM block"));
  EXPECT_THAT(outcome_of(Crl::parse_pem(test::testdata("crl/root.pem"))), HasSubstr("exactly one PEM block"));
  EXPECT_THAT(outcome_of(Crl::parse_pem("")), HasSubstr("exactly one PEM block"));
}

TEST(Crl, IsItsIssuersOnly) {
  const Crl crl = golden("entries");
  const test::CertifiedKey other = test::make_root();
  EXPECT_EQ(outcome_of(verify_crl_issued_by(crl, other.certificate)),
            "validation: the CRL names another issuer (RFC 5280 6.3.3)");
  CertificateFields same_name = test::leaf_fields(other, other.key->public_key());
  same_name.exact_subject = golden_issuer().fields().subject;
  same_name.extensions.key_usage = KeyUsage{.key_cert_sign = true};
  EXPECT_THAT(outcome_of(verify_crl_issued_by(crl, test::sign_fields(same_name, *other.key))),
              HasSubstr("lacks cRLSign"));
  same_name.extensions.key_usage->crl_sign = true;
  EXPECT_THAT(outcome_of(verify_crl_issued_by(crl, test::sign_fields(same_name, *other.key))),
              HasSubstr("the authority key identifier differs"));
  same_name.extensions.subject_key_identifier = crl.fields().authority_key_identifier;
  EXPECT_THAT(outcome_of(verify_crl_issued_by(crl, test::sign_fields(same_name, *other.key))),
              HasSubstr("was not signed by its issuer"));
}

}  // namespace
}  // namespace chancery::x509
