#include "ca/lint/cross_check.h"

#include <array>
#include <thread>

#include "ca/crypto/private_key.h"
#include "tests/unit/ca/lint/fixture.h"

namespace chancery::lint {
namespace {

using testing::HasSubstr;

struct Authority {
  crypto::PrivateKey key;
  x509::Certificate certificate;

  [[nodiscard]] x509::Certificate sign(const x509::CertificateFields& fields) const {
    const Bytes tbs = x509::encode_tbs(fields);
    return must(x509::Certificate::parse(
        x509::assemble_certificate(tbs, fields.signature, must(key.sign(fields.signature, tbs)))));
  }
};

crypto::PublicKey leaf_key() {
  return must(crypto::PublicKey::from_spki(golden("leaf").fields().spki));
}

x509::CertificateFields fields_of(const crypto::PublicKey& subject_key, const crypto::KeyType& issuer_type) {
  const x509::ParsedTbs sound = golden("leaf").fields();
  return {.serial = sound.serial,
          .signature = crypto::default_signature(issuer_type),
          .issuer = sound.issuer,
          .validity = sound.validity,
          .subject = must(x509::Name::parse(sound.subject)),
          .spki = to_bytes(subject_key.spki()),
          .extensions = sound.extensions};
}

Authority make_authority(crypto::KeyType type) {
  crypto::PrivateKey key = must(crypto::PrivateKey::generate(type));
  x509::CertificateFields fields = fields_of(key.public_key(), type);
  fields.subject = must(x509::Name::parse(fields.issuer));
  fields.extensions.basic_constraints = x509::BasicConstraints{.ca = true, .path_len = 0};
  const Bytes tbs = x509::encode_tbs(fields);
  const Bytes signature = must(key.sign(fields.signature, tbs));
  return {std::move(key),
          must(x509::Certificate::parse(x509::assemble_certificate(tbs, fields.signature, signature)))};
}

const Authority& p256_authority() {
  static const Authority authority = make_authority({});
  return authority;
}

x509::Certificate leaf_of(const Authority& authority) {
  return authority.sign(fields_of(leaf_key(), authority.key.public_key().type()));
}

std::string message_of(const Result<void>& result) {
  return result ? "" : result.error().message + " " + result.error().internal;
}

TEST(CrossCheck, AcceptsAnotherImplementationsChain) {
  const CrossCheck root = must(CrossCheck::for_issuer(golden("root")));
  EXPECT_EQ(message_of(root.check(golden("root"))), "");
  EXPECT_EQ(message_of(root.check(golden("intermediate"))), "");
  const CrossCheck intermediate = must(CrossCheck::for_issuer(golden("intermediate")));
  EXPECT_EQ(message_of(intermediate.check(golden("leaf"))), "");
}

TEST(CrossCheck, AcceptsOurCertificatesUnderEveryKindOfIssuer) {
  for (const crypto::KeyType type :
       {crypto::KeyType{crypto::KeyAlgorithm::ec_p256, 256},
        crypto::KeyType{crypto::KeyAlgorithm::ec_p384, 384},
        crypto::KeyType{crypto::KeyAlgorithm::ec_p521, 521}, crypto::KeyType{crypto::KeyAlgorithm::rsa, 2048},
        crypto::KeyType{crypto::KeyAlgorithm::ed25519, 255}}) {
    const Authority authority = make_authority(type);
    const CrossCheck check = must(CrossCheck::for_issuer(authority.certificate));
    EXPECT_EQ(message_of(check.check(leaf_of(authority))), "") << crypto::to_string(type.algorithm);
  }
}

TEST(CrossCheck, AcceptsAnEmptySubjectAndAHundredNamesOfEachType) {
  x509::CertificateFields fields = fields_of(leaf_key(), {});
  fields.subject = x509::Name();
  fields.extensions.subject_alternative_names.clear();
  for (int i = 0; i < 25; ++i) {
    const std::string n = std::to_string(i);
    for (const std::string& name : {"dns:host-" + n + ".example", "ip:10.0.0." + n, "ip:fd00::" + n + ":1",
                                    "uri:spiffe://a.example/" + n}) {
      fields.extensions.subject_alternative_names.push_back(must(x509::parse_general_name(name)));
    }
  }
  const CrossCheck check = must(CrossCheck::for_issuer(p256_authority().certificate));
  EXPECT_EQ(message_of(check.check(p256_authority().sign(fields))), "");
}

TEST(CrossCheck, RefusesASignatureWithOneBitFlipped) {
  const CrossCheck check = must(CrossCheck::for_issuer(p256_authority().certificate));
  Bytes der = to_bytes(leaf_of(p256_authority()).der());
  der.back() ^= 1U;
  const Result<void> result = check.check(must(x509::Certificate::parse(der)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::internal);
  EXPECT_THAT(result.error().message, HasSubstr("signature does not verify"));
  EXPECT_TRUE(check.check(leaf_of(p256_authority())));  // and the verifier it borrowed is still good
}

TEST(CrossCheck, ReadsWithoutVerifyingWhenTold) {
  const CrossCheck check =
      must(CrossCheck::for_issuer(p256_authority().certificate, {.verify_signature = false}));
  Bytes der = to_bytes(leaf_of(p256_authority()).der());
  der.back() ^= 1U;
  EXPECT_EQ(message_of(check.check(must(x509::Certificate::parse(der)))), "");
  EXPECT_THAT(message_of(check.check(golden("intermediate"))), HasSubstr("who issued it"));
}

TEST(CrossCheck, RefusesEverySingleBitFlipOfTheSignedBytes) {
  const CrossCheck check = must(CrossCheck::for_issuer(p256_authority().certificate));
  const Bytes good = to_bytes(leaf_of(p256_authority()).der());
  int parsed = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes bad = good;
    bad[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
    const Result<x509::Certificate> certificate = x509::Certificate::parse(bad);
    if (!certificate) continue;
    ++parsed;
    EXPECT_FALSE(check.check(*certificate)) << at;
  }
  EXPECT_GT(parsed, 100);
}

TEST(CrossCheck, RefusesAnotherIssuersCertificate) {
  const Authority other = make_authority({});
  const CrossCheck check = must(CrossCheck::for_issuer(other.certificate));
  EXPECT_THAT(message_of(check.check(leaf_of(p256_authority()))), HasSubstr("signature does not verify"));
  EXPECT_THAT(message_of(check.check(golden("intermediate"))), HasSubstr("who issued it"));
}

TEST(CrossCheck, RefusesAnAlgorithmThatIsNotTheIssuers) {
  const CrossCheck check = must(CrossCheck::for_issuer(p256_authority().certificate));
  x509::CertificateFields fields = fields_of(leaf_key(), {});
  fields.signature = crypto::SignatureAlgorithm::ecdsa_sha384;
  const Bytes tbs = x509::encode_tbs(fields);
  const x509::Certificate certificate =
      must(x509::Certificate::parse(x509::assemble_certificate(tbs, fields.signature, Bytes(8, 0x30))));
  EXPECT_THAT(message_of(check.check(certificate)), HasSubstr("signature algorithm"));
}

TEST(CrossCheck, MayBeUsedByManyThreads) {
  const CrossCheck check = must(CrossCheck::for_issuer(p256_authority().certificate));
  const x509::Certificate good = leaf_of(p256_authority());
  Bytes der = to_bytes(good.der());
  der.back() ^= 1U;
  const x509::Certificate bad = must(x509::Certificate::parse(der));
  std::array<int, 8> wrong{};
  {
    std::vector<std::jthread> workers;
    for (int& mistakes : wrong) {
      workers.emplace_back([&] {
        for (int i = 0; i < 50; ++i)
          mistakes += static_cast<int>(!check.check(good)) + static_cast<int>(!!check.check(bad));
      });
    }
  }
  EXPECT_THAT(wrong, testing::Each(0));
}

}  // namespace
}  // namespace chancery::lint
