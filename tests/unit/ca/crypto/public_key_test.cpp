#include "ca/crypto/public_key.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "ca/crypto/digest.h"
#include "ca/crypto/private_key.h"
#include "tests/support/outcome.h"
#include "tests/support/testdata.h"

namespace chancery::crypto {
namespace {

using test::outcome_of;
using test::testdata;
using test::testdata_der;
using testing::HasSubstr;
using testing::StartsWith;

Result<PublicKey> read(const std::string& name) {
  return PublicKey::from_spki(testdata_der("crypto/" + name + ".pub.pem"));
}

struct Signed {
  const char* key;
  const char* signature;
  SignatureAlgorithm algorithm;
  KeyType type;
};
const Signed signed_by_openssl[] = {
    {"p256", "p256.sha256.sig", SignatureAlgorithm::ecdsa_sha256, {KeyAlgorithm::ec_p256, 256}},
    {"p384", "p384.sha384.sig", SignatureAlgorithm::ecdsa_sha384, {KeyAlgorithm::ec_p384, 384}},
    {"p521", "p521.sha512.sig", SignatureAlgorithm::ecdsa_sha512, {KeyAlgorithm::ec_p521, 521}},
    {"rsa2048", "rsa2048.sha256.sig", SignatureAlgorithm::rsa_sha256, {KeyAlgorithm::rsa, 2048}},
    {"rsa3072", "rsa3072.sha512.sig", SignatureAlgorithm::rsa_sha512, {KeyAlgorithm::rsa, 3072}},
    {"ed25519", "ed25519.sig", SignatureAlgorithm::ed25519, {KeyAlgorithm::ed25519, 256}},
};

TEST(PublicKey, ReadsTheKeysThatOpensslMakes) {
  for (const Signed& each : signed_by_openssl) {
    const auto key = read(each.key);
    ASSERT_TRUE(key) << each.key << ": " << key.error().message;
    EXPECT_EQ(key->type(), each.type) << each.key;
    EXPECT_TRUE(equal(key->spki(), testdata_der(std::string("crypto/") + each.key + ".pub.pem"))) << each.key;
  }
}

TEST(PublicKey, VerifiesTheSignaturesThatOpensslMakes) {
  const std::string message = testdata("crypto/message.txt");
  for (const Signed& each : signed_by_openssl) {
    const auto key = read(each.key);
    ASSERT_TRUE(key);
    const std::string signature = testdata(std::string("crypto/") + each.signature);
    EXPECT_EQ(outcome_of(key->verify(each.algorithm, as_bytes(message), as_bytes(signature))), "ok")
        << each.key;
    EXPECT_THAT(outcome_of(key->verify(each.algorithm, as_bytes(message + " "), as_bytes(signature))),
                StartsWith("validation: the signature does not match"))
        << each.key;
    EXPECT_THAT(outcome_of(key->verify(each.algorithm, as_bytes(message), as_bytes(signature).first(10))),
                StartsWith("validation: the signature does not match"))
        << each.key;
    EXPECT_THAT(outcome_of(key->verify(each.algorithm, as_bytes(message), {})),
                StartsWith("validation: the signature does not match"))
        << each.key;
  }
}

TEST(PublicKey, EveryFlippedSignatureBitIsNoticed) {
  const auto key = read("p256");
  ASSERT_TRUE(key);
  const std::string message = testdata("crypto/message.txt");
  const std::string original = testdata("crypto/p256.sha256.sig");
  for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
    std::string changed = original;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(key->verify(SignatureAlgorithm::ecdsa_sha256, as_bytes(message), as_bytes(changed))) << bit;
  }
}

TEST(PublicKey, RefusesAnAlgorithmOfAnotherKind) {
  const std::string signature = testdata("crypto/rsa2048.sha256.sig");
  const auto ec = read("p256"), rsa = read("rsa2048"), edwards = read("ed25519");
  ASSERT_TRUE(ec && rsa && edwards);
  EXPECT_THAT(outcome_of(ec->verify(SignatureAlgorithm::rsa_sha256, {}, as_bytes(signature))),
              HasSubstr("a P-256 key cannot have made a signature of algorithm sha256WithRSAEncryption"));
  EXPECT_FALSE(rsa->verify(SignatureAlgorithm::ecdsa_sha256, {}, as_bytes(signature)));
  EXPECT_FALSE(rsa->verify(SignatureAlgorithm::ed25519, {}, as_bytes(signature)));
  EXPECT_FALSE(edwards->verify(SignatureAlgorithm::rsa_sha512, {}, as_bytes(signature)));
}

TEST(PublicKey, RefusesUnsupportedKinds) {
  for (const char* name :
       {"secp256k1", "p224", "x25519", "ed448", "rsa-pss", "dsa", "p256-compressed", "p256-explicit"}) {
    EXPECT_THAT(outcome_of(read(name)), StartsWith("validation: the public key is of no supported kind"))
        << name;
  }
}

TEST(PublicKey, RefusesAPointOffTheCurve) {
  for (const char* name : {"p256", "p384", "p521"}) {
    Bytes spki = testdata_der(std::string("crypto/") + name + ".pub.pem");
    spki.back() ^= 1U;
    EXPECT_THAT(outcome_of(PublicKey::from_spki(spki)), HasSubstr("is the point on the curve?")) << name;
  }
}

TEST(PublicKey, RefusesCoordinatesBeyondTheField) {
  Bytes spki = testdata_der("crypto/p256.pub.pem");
  std::fill(spki.end() - 64, spki.end(), std::uint8_t{0xff});
  EXPECT_FALSE(PublicKey::from_spki(spki));
  std::fill(spki.end() - 64, spki.end(), std::uint8_t{0});
  EXPECT_FALSE(PublicKey::from_spki(spki));
}

TEST(PublicKey, RefusesTruncationsAndTrailingBytes) {
  for (const Signed& each : signed_by_openssl) {
    Bytes spki = testdata_der(std::string("crypto/") + each.key + ".pub.pem");
    for (std::size_t size = 0; size < spki.size(); ++size) {
      EXPECT_FALSE(PublicKey::from_spki(ByteView(spki).first(size))) << each.key << " cut to " << size;
    }
    spki.push_back(0);
    EXPECT_FALSE(PublicKey::from_spki(spki)) << each.key;
  }
}

// Whatever is accepted must be the very bytes that OpenSSL would write for that key: no second encoding of
// one key.
TEST(PublicKey, AcceptedRsaBitFlipsAreCanonical) {
  const Bytes original = testdata_der("crypto/rsa2048.pub.pem");
  for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
    Bytes changed = original;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    const auto key = PublicKey::from_spki(changed);
    if (!key) continue;
    EXPECT_GE(bit / 8, 32U) << "a change before the modulus was accepted";
    EXPECT_EQ(key->type().algorithm, KeyAlgorithm::rsa);
  }
}

TEST(PublicKey, BoundsTheSizeOfRsaKeys) {
  const auto spki_of = [](std::size_t octets) {
    Bytes modulus(octets, 0xff);
    Bytes spki;
    const auto wrap = [](std::uint8_t tag, Bytes content, Bytes before = {}) {
      Bytes out{tag, 0x82, static_cast<std::uint8_t>((content.size() + before.size()) >> 8U),
                static_cast<std::uint8_t>(content.size() + before.size())};
      out.insert(out.end(), before.begin(), before.end());
      out.insert(out.end(), content.begin(), content.end());
      return out;
    };
    Bytes numbers = wrap(0x02, modulus, {0x00});
    const Bytes exponent{0x02, 0x03, 0x01, 0x00, 0x01};
    numbers.insert(numbers.end(), exponent.begin(), exponent.end());
    const Bytes identifier = parse_hex("300d06092a864886f70d0101010500").value();
    return wrap(0x30, wrap(0x03, wrap(0x30, numbers), {0x00}), identifier);
  };
  EXPECT_EQ(outcome_of(PublicKey::from_spki(spki_of(1024))), "ok");
  EXPECT_THAT(outcome_of(PublicKey::from_spki(spki_of(1025))), HasSubstr("8200 bits; at most 8192"));
}

TEST(PublicKey, KeyIdentifierIsTheSha1OfTheBitString) {
  const auto key = read("ed25519");
  ASSERT_TRUE(key);
  EXPECT_EQ(to_hex(key->key_identifier()), to_hex(sha1(key->spki().subspan(12))));
  EXPECT_EQ(key->key_identifier().size(), 20U);
}

TEST(PublicKey, IsVerifiedFromManyThreadsAtOnce) {
  const auto key = read("p256");
  ASSERT_TRUE(key);
  const std::string message = testdata("crypto/message.txt"), signature = testdata("crypto/p256.sha256.sig");
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 50; ++round) {
          if (key->verify(SignatureAlgorithm::ecdsa_sha256, as_bytes(message), as_bytes(signature))) ++good;
        }
      });
    }
  }
  EXPECT_EQ(good, 400);
}

TEST(KeyQuality, AcceptsGoodKeys) {
  for (const Signed& each : signed_by_openssl)
    EXPECT_EQ(outcome_of(check_key_quality(*read(each.key))), "ok") << each.key;
}

TEST(KeyQuality, NamesTheFaultOfWeakRsaKeys) {
  EXPECT_THAT(outcome_of(check_key_quality(*read("rsa1024"))), HasSubstr("1024 bits, at least 2048"));
  EXPECT_THAT(outcome_of(check_key_quality(*read("rsa2052"))),
              HasSubstr("2052 bits are not a multiple of 8"));
  EXPECT_THAT(outcome_of(check_key_quality(*read("rsa2048-e3"))), HasSubstr("exponent"));
}

TEST(KeyQuality, FindsSmallFactors) {
  const Bytes good = testdata_der("crypto/rsa2048.pub.pem");
  const std::size_t last_of_modulus = good.size() - 6;  // before the exponent 02 03 010001
  int refused = 0;
  for (unsigned change = 1; change < 128; ++change) {
    Bytes changed = good;
    changed[last_of_modulus] =
        static_cast<std::uint8_t>(changed[last_of_modulus] ^ (change << 1U));  // stays odd
    const auto key = PublicKey::from_spki(changed);
    ASSERT_TRUE(key);
    const Result<void> quality = check_key_quality(*key);
    if (quality) continue;
    ++refused;
    EXPECT_THAT(quality.error().message, HasSubstr("divisible by"));
  }
  EXPECT_GT(refused, 60);  // 8 of 10 odd numbers have a factor below 752
}

TEST(PublicKey, FromAPointIsThatOfItsSpki) {
  for (const auto& [name, curve, point_octets] : {std::tuple{"p256", KeyAlgorithm::ec_p256, 65U},
                                                  {"p384", KeyAlgorithm::ec_p384, 97U},
                                                  {"p521", KeyAlgorithm::ec_p521, 133U}}) {
    const Bytes spki = testdata_der("crypto/" + std::string(name) + ".pub.pem");
    const auto key = PublicKey::from_ec_point(curve, ByteView(spki).last(point_octets));
    ASSERT_TRUE(key) << name;
    EXPECT_EQ(to_hex(key->spki()), to_hex(spki));
  }
}

TEST(PublicKey, FromAPointRefusesOtherSizesFormsAndCurves) {
  const Bytes spki = testdata_der("crypto/p256.pub.pem");
  const ByteView point = ByteView(spki).last(65);
  Bytes off_curve = to_bytes(point), compressed = to_bytes(point);
  off_curve.back() ^= 1U;
  compressed.front() = 0x02;
  EXPECT_THAT(outcome_of(PublicKey::from_ec_point(KeyAlgorithm::ec_p256, {})), StartsWith("validation: "));
  EXPECT_THAT(outcome_of(PublicKey::from_ec_point(KeyAlgorithm::ec_p256, point.first(64))),
              HasSubstr("not an uncompressed point of P-256"));
  EXPECT_THAT(outcome_of(PublicKey::from_ec_point(KeyAlgorithm::ec_p256, compressed)),
              HasSubstr("not an uncompressed point of P-256"));
  EXPECT_THAT(outcome_of(PublicKey::from_ec_point(KeyAlgorithm::ec_p384, point)), StartsWith("validation: "));
  EXPECT_THAT(outcome_of(PublicKey::from_ec_point(KeyAlgorithm::ed25519, point)), StartsWith("validation: "));
  EXPECT_THAT(outcome_of(PublicKey::from_ec_point(KeyAlgorithm::ec_p256, off_curve)),
              HasSubstr("is the point on the curve?"));
}

TEST(KeyQuality, RefusesAnEvenModulus) {
  Bytes spki = testdata_der("crypto/rsa2048.pub.pem");
  spki[spki.size() - 6] &= 0xfeU;
  const auto key = PublicKey::from_spki(spki);
  ASSERT_TRUE(key);
  EXPECT_THAT(outcome_of(check_key_quality(*key)), HasSubstr("divisible by 2"));
}

}  // namespace
}  // namespace chancery::crypto
