#include "ca/crypto/digest.h"

#include <gmock/gmock.h>

namespace chancery::crypto {
namespace {

// FIPS 180-4 examples (NIST "SHA256.pdf", "SHA1.pdf").
TEST(Digest, MatchesThePublishedExamples) {
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha1(as_bytes("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

// FIPS 180-4 examples (NIST "SHA384.pdf", "SHA512.pdf").
TEST(Digest, OfASignatureAlgorithmIsItsHash) {
  const auto hex = [](SignatureAlgorithm algorithm) {
    return to_hex(message_digest(algorithm, as_bytes("abc")).value());
  };
  EXPECT_EQ(hex(SignatureAlgorithm::ecdsa_sha256), to_hex(sha256(as_bytes("abc"))));
  EXPECT_EQ(hex(SignatureAlgorithm::ecdsa_sha384),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(hex(SignatureAlgorithm::ecdsa_sha512),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  EXPECT_EQ(message_digest(SignatureAlgorithm::ed25519, as_bytes("abc")), std::nullopt);
}

}  // namespace
}  // namespace chancery::crypto
