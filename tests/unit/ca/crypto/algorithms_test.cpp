#include "ca/crypto/algorithms.h"

#include <gmock/gmock.h>

namespace chancery::crypto {
namespace {

constexpr SignatureAlgorithm all_signatures[] = {
    SignatureAlgorithm::ecdsa_sha256, SignatureAlgorithm::ecdsa_sha384, SignatureAlgorithm::ecdsa_sha512,
    SignatureAlgorithm::rsa_sha256,   SignatureAlgorithm::rsa_sha384,   SignatureAlgorithm::rsa_sha512,
    SignatureAlgorithm::ed25519};

TEST(KeyAlgorithm, NamesAreReadBack) {
  for (const KeyAlgorithm algorithm : {KeyAlgorithm::ec_p256, KeyAlgorithm::ec_p384, KeyAlgorithm::ec_p521,
                                       KeyAlgorithm::rsa, KeyAlgorithm::ed25519}) {
    EXPECT_EQ(parse_key_algorithm(to_string(algorithm)), algorithm);
  }
  EXPECT_EQ(to_string(KeyAlgorithm::ec_p384), "P-384");
  EXPECT_EQ(parse_key_algorithm("p-256"), std::nullopt);
  EXPECT_EQ(parse_key_algorithm(""), std::nullopt);
}

TEST(SignatureAlgorithm, EncodingsAreTheOnesOfTheRfcs) {
  EXPECT_EQ(to_hex(algorithm_identifier(SignatureAlgorithm::ecdsa_sha256)), "300a06082a8648ce3d040302");
  EXPECT_EQ(to_hex(algorithm_identifier(SignatureAlgorithm::ecdsa_sha384)), "300a06082a8648ce3d040303");
  EXPECT_EQ(to_hex(algorithm_identifier(SignatureAlgorithm::ecdsa_sha512)), "300a06082a8648ce3d040304");
  EXPECT_EQ(to_hex(algorithm_identifier(SignatureAlgorithm::rsa_sha256)), "300d06092a864886f70d01010b0500");
  EXPECT_EQ(to_hex(algorithm_identifier(SignatureAlgorithm::rsa_sha384)), "300d06092a864886f70d01010c0500");
  EXPECT_EQ(to_hex(algorithm_identifier(SignatureAlgorithm::rsa_sha512)), "300d06092a864886f70d01010d0500");
  EXPECT_EQ(to_hex(algorithm_identifier(SignatureAlgorithm::ed25519)), "300506032b6570");
}

TEST(SignatureAlgorithm, EncodingsAreReadBackToTheByte) {
  for (const SignatureAlgorithm algorithm : all_signatures) {
    Bytes der = to_bytes(algorithm_identifier(algorithm));
    EXPECT_EQ(parse_algorithm_identifier(der), algorithm) << to_string(algorithm);
    der.push_back(0);
    EXPECT_EQ(parse_algorithm_identifier(der), std::nullopt) << to_string(algorithm);
  }
}

TEST(SignatureAlgorithm, AnythingElseIsUnknown) {
  for (const char* hex :
       {"", "30", "300c06082a8648ce3d0403020500" /* ECDSA with NULL */,
        "300b06092a864886f70d01010b" /* RSA without */, "300d06092a864886f70d0101050500" /* SHA-1 */}) {
    EXPECT_EQ(parse_algorithm_identifier(parse_hex(hex).value()), std::nullopt) << hex;
  }
}

TEST(SignatureAlgorithm, DefaultsFitTheKey) {
  EXPECT_EQ(default_signature({KeyAlgorithm::ec_p256, 256}), SignatureAlgorithm::ecdsa_sha256);
  EXPECT_EQ(default_signature({KeyAlgorithm::ec_p384, 384}), SignatureAlgorithm::ecdsa_sha384);
  EXPECT_EQ(default_signature({KeyAlgorithm::ec_p521, 521}), SignatureAlgorithm::ecdsa_sha512);
  EXPECT_EQ(default_signature({KeyAlgorithm::rsa, 4096}), SignatureAlgorithm::rsa_sha256);
  EXPECT_EQ(default_signature({KeyAlgorithm::ed25519, 256}), SignatureAlgorithm::ed25519);
}

}  // namespace
}  // namespace chancery::crypto
