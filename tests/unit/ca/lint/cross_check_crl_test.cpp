// The second implementation on revocation lists.
#include "ca/lint/cross_check.h"
#include "tests/support/testdata.h"
#include "tests/unit/ca/lint/fixture.h"

namespace chancery::lint {
namespace {

using testing::HasSubstr;

std::string message_of(const Result<void>& result) {
  return result ? "" : result.error().message + " " + result.error().internal;
}

x509::Crl make_list(const test::CertifiedKey& issuer, const x509::CrlNumber& number,
                    std::vector<x509::RevokedCertificate> revoked) {
  const x509::CrlFields fields{
      .signature = crypto::default_signature(issuer.key->public_key().type()),
      .issuer = issuer.certificate.fields().subject,
      .this_update = test::test_time(),
      .next_update = test::test_time() + Seconds(86400),
      .revoked = std::move(revoked),
      .number = number,
      .authority_key_identifier = issuer.certificate.fields().extensions.subject_key_identifier};
  const Bytes tbs = x509::encode_tbs_cert_list(fields);
  return must(x509::Crl::parse(
      x509::assemble_crl(tbs, fields.signature, must(issuer.key->sign(fields.signature, tbs)))));
}

TEST(CrossCheckCrl, AcceptsAnotherImplementationsLists) {
  const auto issuer = must(x509::Certificate::parse_pem(test::testdata("crl/root.pem")));
  const CrossCheck check = must(CrossCheck::for_issuer(issuer));
  for (const char* name : {"entries", "empty", "shard", "far", "hold", "harmless", "gnutls"}) {
    const auto crl = must(x509::Crl::parse_pem(test::testdata(std::string("crl/") + name + ".pem")));
    EXPECT_EQ(message_of(check.check(crl)), "") << name;
  }
}

TEST(CrossCheckCrl, AcceptsOurListsUnderEveryKindOfIssuerAndLargeNumbers) {
  using crypto::KeyAlgorithm;
  for (const crypto::KeyType type : {crypto::KeyType{KeyAlgorithm::ec_p256, 256},
                                     {KeyAlgorithm::ec_p384, 384},
                                     {KeyAlgorithm::ec_p521, 521},
                                     {KeyAlgorithm::rsa, 2048}}) {
    const test::CertifiedKey issuer = test::make_root(test::test_time(), "Root", type);
    const CrossCheck check = must(CrossCheck::for_issuer(issuer.certificate, {.verify_signature = false}));
    const x509::RevokedCertificate entry{must(x509::SerialNumber::parse("00ff01")), test::test_time(),
                                         x509::RevocationReason::aa_compromise,
                                         test::test_time() - Seconds(9)};
    EXPECT_EQ(message_of(check.check(make_list(issuer, x509::CrlNumber(1), {entry}))), "");
    for (const char* number : {"00ffffffff", "0100000000", "7fffffffffffffffffffffffffffffffffffffff"}) {
      const auto large = must(x509::CrlNumber::from_bytes(*parse_hex(number)));
      EXPECT_EQ(message_of(check.check(make_list(issuer, large, {}))), "") << number;
    }
  }
}

TEST(CrossCheckCrl, RefusesEverySingleBitFlip) {
  const test::CertifiedKey issuer = test::make_root();
  const CrossCheck check = must(CrossCheck::for_issuer(issuer.certificate));
  Bytes der = to_bytes(make_list(issuer, x509::CrlNumber(1),
                                 {{must(x509::SerialNumber::parse("0101")),
                                   test::test_time(),
                                   x509::RevocationReason::superseded,
                                   {}}})
                           .der());
  int parsed = 0;
  for (std::size_t bit = 0; bit < der.size() * 8; ++bit) {
    der[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    if (const Result<x509::Crl> changed = x509::Crl::parse(der)) {
      ++parsed;
      EXPECT_FALSE(check.check(*changed)) << bit;
    }
    der[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
  EXPECT_GT(parsed, 100);
}

TEST(CrossCheckCrl, RefusesAnotherIssuersList) {
  const test::CertifiedKey issuer = test::make_root(), namesake = test::make_root();
  const test::CertifiedKey other = test::make_root(test::test_time(), "Other Root");
  const CrossCheck check = must(CrossCheck::for_issuer(issuer.certificate));
  EXPECT_THAT(message_of(check.check(make_list(other, x509::CrlNumber(1), {}))), HasSubstr("who issued it"));
  EXPECT_THAT(message_of(check.check(make_list(namesake, x509::CrlNumber(1), {}))),
              HasSubstr("the signature does not verify"));
}

}  // namespace
}  // namespace chancery::lint
