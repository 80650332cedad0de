// Weak keys of full size, and keys that are known to be lost.
#include <gmock/gmock.h>

#include "ca/crypto/key_blocklist.h"
#include "ca/crypto/private_key.h"
#include "ca/crypto/rsa_weakness.h"
#include "tests/support/outcome.h"
#include "tests/support/testdata.h"

namespace chancery::crypto {
namespace {

using test::outcome_of;
using testing::AllOf;
using testing::HasSubstr;

PublicKey read(const std::string& name) {
  return PublicKey::from_spki(test::testdata_der("crypto/" + name + ".pub.pem")).value();
}

// tests/testdata/crypto/generate_weak_rsa.py
TEST(KeyQuality, RefusesInfineonsKeys) {
  EXPECT_THAT(outcome_of(check_key_quality(read("rsa2048-roca"))),
              AllOf(HasSubstr("ROCA"), HasSubstr("make a new key")));
}

TEST(KeyQuality, SoundKeysHaveNeitherWeakness) {
  for (int i = 0; i < 5; ++i) {
    const auto key = PrivateKey::generate({KeyAlgorithm::rsa, 2048});
    ASSERT_TRUE(key);
    EXPECT_EQ(outcome_of(check_key_quality(key->public_key())), "ok");
  }
}

TEST(KeyQuality, OneHundredRoundsOfFermatsMethod) {
  EXPECT_THAT(outcome_of(check_key_quality(read("rsa2048-close100"))), HasSubstr("Fermat"));
  EXPECT_EQ(outcome_of(check_key_quality(read("rsa2048-close101"))), "ok");
}

TEST(KeyQuality, FactorsMeetInTheFirstRound) {
  EXPECT_TRUE(factors_are_close(*parse_hex("0f71"), 1)) << "59 * 67 is 63^2 - 4^2";
  EXPECT_TRUE(factors_are_close(*parse_hex("0d99"), 1)) << "59^2 itself";
  EXPECT_FALSE(factors_are_close(*parse_hex("0d99"), 0));
}

TEST(KeyBlocklist, RefusesAKeyByItsSpki) {
  const PublicKey key = read("p256"), other = read("p384");
  const auto list = KeyBlocklist::parse("# from the incident of March\n\n" + to_hex(sha256(key.spki())) +
                                        "  # web\r\n" + to_hex(sha256(key.spki())));
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->size(), 1U);
  EXPECT_THAT(outcome_of(check_key_quality(key, &*list)), HasSubstr("block-list"));
  EXPECT_EQ(outcome_of(check_key_quality(other, &*list)), "ok");
  EXPECT_FALSE(KeyBlocklist().contains(key));
}

TEST(KeyBlocklist, NamesTheLineThatIsWrong) {
  const std::string good(64, 'a');
  for (const std::string& bad : {good.substr(1), good + "aa", "g" + good.substr(1), good + " " + good}) {
    EXPECT_THAT(outcome_of(KeyBlocklist::parse(good + "\n" + bad + "\n", "bad.list")),
                HasSubstr("bad.list:2: "))
        << bad;
  }
}

// tests/testdata/crypto/generate_debian_weak.py
TEST(KeyBlocklist, KnowsDebiansWeakKeysByTheirLineInOpensslBlacklist) {
  const auto list = KeyBlocklist::load(CHANCERY_SOURCE_DIR "/tests/testdata/crypto/debian.blocklist");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->size(), 1U);
  EXPECT_EQ(outcome_of(check_key_quality(read("rsa2048-debian"))), "ok") << "by itself it looks sound";
  EXPECT_THAT(outcome_of(check_key_quality(read("rsa2048-debian"), &*list)), HasSubstr("block-list"));
  for (const char* other : {"rsa2048", "rsa3072", "p256", "ed25519"})
    EXPECT_EQ(outcome_of(check_key_quality(read(other), &*list)), "ok") << other;
}

TEST(KeyBlocklist, BothKindsOfLinesMayStandInOneFile) {
  const PublicKey key = read("p256");
  const auto list = KeyBlocklist::parse("8DF20E6961A16398B85A\n" + to_hex(sha256(key.spki())) + "\n");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->size(), 2U);
  EXPECT_TRUE(list->contains(key));
  EXPECT_TRUE(list->contains(read("rsa2048-debian")));
  EXPECT_FALSE(list->contains(read("rsa2048")));
}

TEST(KeyBlocklist, AFileThatIsNotThereSaysSo) {
  EXPECT_THAT(outcome_of(KeyBlocklist::load("/nowhere/keys.list")),
              AllOf(HasSubstr("key block-list"), HasSubstr("/nowhere/keys.list")));
}

TEST(KeyBlocklist, IsLimited) {
  std::string text;
  for (std::size_t i = 0; i < key_blocklist_limit; ++i) text.append(64, '0').append("\n");
  const auto full = KeyBlocklist::parse(text);
  ASSERT_TRUE(full);
  EXPECT_EQ(full->size(), 1U);
  EXPECT_THAT(outcome_of(KeyBlocklist::parse(text + std::string(64, '0'))),
              HasSubstr(":1000001: one key too many"));
}

}  // namespace
}  // namespace chancery::crypto
