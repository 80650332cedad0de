#include "ca/crypto/private_key.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/support/outcome.h"
#include "tests/support/testdata.h"

namespace chancery::crypto {
namespace {

using test::outcome_of;
using test::testdata;
using test::testdata_der;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view message = "The seal of the chancery.\n";

SecretBytes secret(std::string_view text) {
  return SecretBytes::copy_of(as_bytes(text));
}
SecretBytes passphrase() {
  return secret("correct horse battery");
}

PrivateKey make(KeyType type) {
  auto key = PrivateKey::generate(type);
  EXPECT_TRUE(key) << key.error().message << key.error().internal;
  return std::move(*key);
}

const KeyType all_types[] = {{KeyAlgorithm::ec_p256, 256},
                             {KeyAlgorithm::ec_p384, 384},
                             {KeyAlgorithm::ec_p521, 521},
                             {KeyAlgorithm::rsa, 2048},
                             {KeyAlgorithm::ed25519, 256}};

TEST(PrivateKey, SignsWhatItsPublicKeyVerifies) {
  for (const KeyType& type : all_types) {
    const PrivateKey key = make(type);
    EXPECT_EQ(key.public_key().type(), type);
    const SignatureAlgorithm algorithm = default_signature(type);
    const auto signature = key.sign(algorithm, as_bytes(message));
    ASSERT_TRUE(signature) << to_string(type.algorithm) << signature.error().internal;
    EXPECT_EQ(outcome_of(key.public_key().verify(algorithm, as_bytes(message), *signature)), "ok");
    EXPECT_FALSE(key.public_key().verify(algorithm, as_bytes("another"), *signature));
  }
}

TEST(PrivateKey, SignsWithEachDigestThatFits) {
  const PrivateKey ec = make({KeyAlgorithm::ec_p256, 256}), rsa = make({KeyAlgorithm::rsa, 2048});
  for (const auto algorithm : {SignatureAlgorithm::ecdsa_sha256, SignatureAlgorithm::ecdsa_sha384,
                               SignatureAlgorithm::ecdsa_sha512}) {
    const auto signature = ec.sign(algorithm, as_bytes(message));
    ASSERT_TRUE(signature);
    EXPECT_TRUE(ec.public_key().verify(algorithm, as_bytes(message), *signature));
    EXPECT_THAT(outcome_of(rsa.sign(algorithm, as_bytes(message))),
                StartsWith("validation: a RSA key cannot sign"));
  }
  for (const auto algorithm :
       {SignatureAlgorithm::rsa_sha256, SignatureAlgorithm::rsa_sha384, SignatureAlgorithm::rsa_sha512}) {
    const auto signature = rsa.sign(algorithm, as_bytes(message));
    ASSERT_TRUE(signature);
    EXPECT_TRUE(rsa.public_key().verify(algorithm, as_bytes(message), *signature));
    EXPECT_FALSE(ec.sign(algorithm, as_bytes(message)));
  }
  EXPECT_FALSE(ec.sign(SignatureAlgorithm::ed25519, as_bytes(message)));
}

TEST(PrivateKey, EachKeyAndEachEcdsaSignatureIsFresh) {
  const PrivateKey one = make({}), other = make({});
  EXPECT_FALSE(equal(one.public_key().spki(), other.public_key().spki()));
  EXPECT_NE(*one.sign(SignatureAlgorithm::ecdsa_sha256, as_bytes(message)),
            *one.sign(SignatureAlgorithm::ecdsa_sha256, as_bytes(message)));
}

TEST(PrivateKey, SignsFromManyThreadsAtOnce) {
  for (const KeyAlgorithm algorithm : {KeyAlgorithm::ec_p256, KeyAlgorithm::ed25519}) {
    const PrivateKey key = make({algorithm, 256});
    const SignatureAlgorithm with = default_signature(key.public_key().type());
    std::atomic<int> good = 0;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
          for (int round = 0; round < 25; ++round) {
            const std::string text = std::to_string(i) + "/" + std::to_string(round);
            const auto signature = key.sign(with, as_bytes(text));
            if (signature && key.public_key().verify(with, as_bytes(text), *signature)) ++good;
          }
        });
      }
    }
    EXPECT_EQ(good, 200) << to_string(algorithm);
  }
}

TEST(PrivateKey, RefusesRsaSizesOutOfRange) {
  for (const int bits : {0, -8, 512, 1016, 2049, 8200}) {
    EXPECT_THAT(outcome_of(PrivateKey::generate({KeyAlgorithm::rsa, bits})),
                StartsWith("validation: RSA keys"))
        << bits;
  }
}

TEST(PrivateKey, Pkcs8IsReadBack) {
  for (const KeyType& type : all_types) {
    const PrivateKey key = make(type);
    const auto pkcs8 = key.to_pkcs8();
    ASSERT_TRUE(pkcs8);
    const auto again = PrivateKey::from_pkcs8(pkcs8->reveal());
    ASSERT_TRUE(again) << again.error().message << again.error().internal;
    EXPECT_TRUE(equal(again->public_key().spki(), key.public_key().spki()));
  }
}

TEST(PrivateKey, ReadsAndRewritesOpensslsPkcs8) {
  for (const char* name : {"p256", "ed25519", "rsa2048"}) {
    const Bytes der = testdata_der(std::string("crypto/") + name + ".key.pem");
    const auto key = PrivateKey::from_pkcs8(der);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_TRUE(equal(key->public_key().spki(), testdata_der(std::string("crypto/") + name + ".pub.pem")));
    EXPECT_TRUE(equal(key->to_pkcs8()->reveal(), der)) << name;
  }
}

TEST(PrivateKey, RefusesWhatIsNoSupportedPkcs8) {
  Bytes der = testdata_der("crypto/p256.key.pem");
  EXPECT_THAT(outcome_of(PrivateKey::from_pkcs8({})), StartsWith("validation: "));
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(PrivateKey::from_pkcs8(ByteView(der).first(size))) << size;
  }
  der.push_back(0);
  EXPECT_THAT(outcome_of(PrivateKey::from_pkcs8(der)), StartsWith("validation: this is not a private key"));
  EXPECT_THAT(outcome_of(PrivateKey::from_pkcs8(testdata_der("crypto/secp256k1.key.pem"))),
              StartsWith("validation: this is not a private key"));
}

TEST(PrivateKey, BitFlipsNeverGiveAKeyWhoseHalvesDiffer) {
  const Bytes original = testdata_der("crypto/p256.key.pem");
  for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
    Bytes changed = original;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    const auto key = PrivateKey::from_pkcs8(changed);
    if (!key) continue;
    const auto signature = key->sign(SignatureAlgorithm::ecdsa_sha256, as_bytes(message));
    ASSERT_TRUE(signature) << bit;
    EXPECT_TRUE(key->public_key().verify(SignatureAlgorithm::ecdsa_sha256, as_bytes(message), *signature))
        << bit;
  }
}

TEST(EncryptedPem, IsReadBack) {
  for (const KeyType& type : all_types) {
    const PrivateKey key = make(type);
    const auto pem = key.to_encrypted_pem(passphrase());
    ASSERT_TRUE(pem) << pem.error().internal;
    EXPECT_THAT(*pem, StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    const auto again = PrivateKey::from_encrypted_pem(*pem, passphrase());
    ASSERT_TRUE(again) << again.error().message << again.error().internal;
    EXPECT_TRUE(equal(again->public_key().spki(), key.public_key().spki()));
  }
}

TEST(EncryptedPem, RefusesAnotherPassphrase) {
  const std::string pem = testdata("crypto/p256.scrypt.pem");
  for (const char* wrong : {"", "correct horse batterz", "correct horse battery "}) {
    EXPECT_THAT(outcome_of(PrivateKey::from_encrypted_pem(pem, secret(wrong))),
                StartsWith("unauthorized: the passphrase"));
  }
}

TEST(EncryptedPem, SaltAndVectorAreFresh) {
  const PrivateKey key = make({});
  EXPECT_NE(*key.to_encrypted_pem(passphrase()), *key.to_encrypted_pem(passphrase()));
}

TEST(EncryptedPem, HasTheDocumentedParameters) {
  const std::string hex = to_hex(parse_pem(*make({}).to_encrypted_pem(passphrase()))->front().der);
  EXPECT_THAT(hex, HasSubstr("06092a864886f70d01050d"));  // PBES2
  EXPECT_THAT(hex, HasSubstr("06092b06010401da47040b"));  // scrypt
  EXPECT_THAT(hex, HasSubstr("0202400002010802"
                             "0105"));                        // N = 2^14, r = 8, p = 5
  EXPECT_THAT(hex, HasSubstr("060960864801650304012a0410"));  // AES-256-CBC, 16 octets of vector
}

TEST(EncryptedPem, ReadsOpensslsScryptFile) {
  const auto key = PrivateKey::from_encrypted_pem(testdata("crypto/p256.scrypt.pem"), passphrase());
  ASSERT_TRUE(key) << key.error().message << key.error().internal;
  EXPECT_TRUE(equal(key->public_key().spki(), testdata_der("crypto/p256.pub.pem")));
}

TEST(EncryptedPem, RefusesOtherFiles) {
  const std::string good = testdata("crypto/p256.scrypt.pem");
  for (const std::string& text :
       {std::string(), std::string("hello"), good + good, testdata("crypto/p256.key.pem"),
        testdata("crypto/p256.pbkdf2.pem"), testdata("crypto/p256.pub.pem")}) {
    EXPECT_THAT(outcome_of(PrivateKey::from_encrypted_pem(text, passphrase())),
                StartsWith("validation: this is not an encrypted private key"));
  }
}

TEST(EncryptedPem, RefusesTruncationsAndTrailingBytes) {
  Bytes der = testdata_der("crypto/p256.scrypt.pem");
  for (std::size_t size = 1; size < der.size(); ++size) {
    const std::string pem = to_pem("ENCRYPTED PRIVATE KEY", ByteView(der).first(size));
    EXPECT_THAT(outcome_of(PrivateKey::from_encrypted_pem(pem, passphrase())), StartsWith("validation: "))
        << size;
  }
  der.push_back(0);
  EXPECT_FALSE(PrivateKey::from_encrypted_pem(to_pem("ENCRYPTED PRIVATE KEY", der), passphrase()));
}

// OpenSSL's limit of 32 MiB for scrypt holds: a hostile file cannot make us allocate gigabytes.
TEST(EncryptedPem, RefusesHugeScryptParameters) {
  Bytes der = testdata_der("crypto/p256.scrypt.pem");
  const Bytes parameters = parse_hex(
                               "020240000201080201"
                               "05")
                               .value();
  const auto at = std::search(der.begin(), der.end(), parameters.begin(), parameters.end());
  ASSERT_NE(at, der.end());
  at[6] = 0x7f;  // r = 127: 254 MiB
  EXPECT_THAT(outcome_of(PrivateKey::from_encrypted_pem(to_pem("ENCRYPTED PRIVATE KEY", der), passphrase())),
              StartsWith("unauthorized: "));
}

}  // namespace
}  // namespace chancery::crypto
