#include "ca/shares/quorum.h"

#include <gmock/gmock.h>

#include "tests/support/outcome.h"
#include "tests/support/testdata.h"
#include "tests/unit/ca/shares/shares_fixture.h"

namespace chancery::shares {
namespace {

using test::outcome_of;
using test::testdata;
using test::testdata_der;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class QuorumTest : public testing::Test {
 protected:
  Result<void> open(const ShareFile& share) {
    return quorum_.open(share, file_of(share), passphrase_of(share.officer));
  }
  static std::string file_of(const ShareFile& share) { return std::to_string(share.index) + ".share"; }
  // As an officer would who knows the passphrase and wants to do harm.
  static ShareFile resealed(ShareFile share, const SecretBytes& content) {
    share.sealed =
        *seal(content, as_bytes(associated_data(share)), passphrase_of(share.officer), share.sealing);
    return share;
  }
  static SecretBytes content_of(const ShareFile& share) {
    return *unseal(share.sealed, as_bytes(associated_data(share)), passphrase_of(share.officer),
                   share.sealing);
  }

  const crypto::PrivateKey key_ = new_key();
  const std::vector<ShareFile> shares_ = deal(key_, 3, 5);
  Quorum quorum_{key_fingerprint(key_.public_key()), quick_kdf};
};

TEST_F(QuorumTest, TheNeededSharesGiveAKeyThatSigns) {
  EXPECT_EQ(quorum_.missing(), 2U);  // nobody has said yet that it is three
  for (const unsigned left : {2U, 1U, 0U}) {
    ASSERT_TRUE(open(shares_[left * 2]));
    EXPECT_EQ(quorum_.missing(), left);
  }
  const auto joined = quorum_.join();
  ASSERT_TRUE(joined) << joined.error().message;
  const auto signature = joined->sign(crypto::SignatureAlgorithm::ecdsa_sha384, as_bytes("message"));
  EXPECT_TRUE(
      key_.public_key().verify(crypto::SignatureAlgorithm::ecdsa_sha384, as_bytes("message"), *signature));
}

TEST_F(QuorumTest, AllOfThemTogetherGiveTheKeyToo) {
  for (const ShareFile& share : shares_) ASSERT_TRUE(open(share));
  EXPECT_TRUE(quorum_.join());
}

TEST_F(QuorumTest, TooFewCannotSign) {
  EXPECT_THAT(outcome_of(quorum_.join()), HasSubstr("conflict: 0 shares are open; at least 2 more"));
  ASSERT_TRUE(open(shares_[0]));
  ASSERT_TRUE(open(shares_[1]));
  EXPECT_THAT(outcome_of(quorum_.join()), HasSubstr("conflict: 2 shares are open; at least 1 more"));
}

TEST_F(QuorumTest, AWrongPassphraseIsNamedAndMayBeTriedAgain) {
  EXPECT_EQ(outcome_of(quorum_.open(shares_[1], "2.share", passphrase_of("Officer 3"))),
            "unauthorized: share of Officer 2 (2.share): the passphrase does not open this share");
  EXPECT_TRUE(open(shares_[1]));
}

TEST_F(QuorumTest, ADuplicateIsNamed) {
  ASSERT_TRUE(open(shares_[1]));
  EXPECT_THAT(
      outcome_of(quorum_.check(shares_[1], "copy.share")),
      AllOf(StartsWith("conflict: share of Officer 2 (copy.share): "), HasSubstr("Officer 2 (2.share)")));
}

TEST_F(QuorumTest, AShareOfAnotherKeyIsNamedBeforeAPassphrase) {
  const crypto::PrivateKey other = new_key();
  EXPECT_THAT(outcome_of(quorum_.check(deal(other, 3, 5)[2], "3.share")),
              AllOf(StartsWith("validation: share of Officer 3 (3.share): "), HasSubstr("another key"),
                    HasSubstr(to_hex(key_fingerprint(other.public_key())))));
}

TEST_F(QuorumTest, AShareOfAnotherSplittingOfTheSameKeyIsNamed) {
  ASSERT_TRUE(open(shares_[0]));
  EXPECT_THAT(outcome_of(open(deal(key_, 3, 5, 2)[1])),
              AllOf(HasSubstr("share of Officer 2 (2.share)"), HasSubstr("another splitting"),
                    HasSubstr("Officer 1 (1.share)")));
}

TEST_F(QuorumTest, Argon2idOutOfBoundsIsRefusedBeforeAPassphrase) {
  ShareFile share = shares_[0];
  share.sealing.kdf.memory_kib = quick_kdf.ceiling.memory_kib + 1;
  EXPECT_THAT(outcome_of(quorum_.check(share, "1.share")),
              AllOf(HasSubstr("share of Officer 1 (1.share)"), HasSubstr("asks for too much")));
  share.sealing.kdf.memory_kib = quick_kdf.floor.memory_kib - 1;
  EXPECT_THAT(outcome_of(open(share)), HasSubstr("too weakly protected"));
}

TEST_F(QuorumTest, AForgedHeaderDoesNotOpen) {
  ShareFile share = shares_[0];
  share.officer = "Officer 4";
  EXPECT_THAT(outcome_of(quorum_.open(share, "1.share", passphrase_of("Officer 1"))),
              StartsWith("unauthorized: "));
}

TEST_F(QuorumTest, AShareThatItsOwnOfficerAlteredIsNamed) {
  SecretBytes content = content_of(shares_[2]);
  content.writable().back() ^= 1U;
  EXPECT_THAT(outcome_of(open(resealed(shares_[2], content))),
              AllOf(StartsWith("validation: share of Officer 3 (3.share): "),
                    HasSubstr("not the share that was dealt")));
}

TEST_F(QuorumTest, AnOfficerWhoAltersTheCommitmentsTooContradictsTheOthers) {
  SecretBytes content = content_of(shares_[2]);
  content.writable().back() ^= 1U;
  ShareFile forged = shares_[2];
  forged.commitments[2] = crypto::sha256(content.reveal());
  forged = resealed(forged, content);
  ASSERT_TRUE(open(shares_[0]));
  EXPECT_THAT(outcome_of(open(forged)), AllOf(HasSubstr("share of Officer 3 (3.share)"),
                                              HasSubstr("contradicts that of Officer 1 (1.share)")));
}

TEST_F(QuorumTest, AShareSealedUnderAnotherIndexIsRefused) {
  ShareFile forged = shares_[2];
  forged.index = 5;
  forged.commitments[4] = forged.commitments[2];
  EXPECT_THAT(outcome_of(open(resealed(forged, content_of(shares_[2])))),
              HasSubstr("not the share that was dealt"));
}

// Everything agrees with itself but the certificate: shares of one key that claim to be of another.
TEST_F(QuorumTest, SharesThatGiveAnotherKeyThanTheyClaimAreRefused) {
  std::vector<ShareFile> forged = deal(new_key(), 2, 2);
  for (ShareFile& share : forged) {
    const SecretBytes content = content_of(share);
    share.key = shares_[0].key;
    share = resealed(share, content);
    ASSERT_TRUE(open(share));
  }
  EXPECT_THAT(outcome_of(quorum_.join()), HasSubstr("validation: the joined shares give another key"));
}

TEST(SplitKey, RefusesTheSameOfficerAndTheSamePassphraseTwice) {
  FixedRandom random(1);
  const crypto::PrivateKey key = new_key();
  std::vector<Officer> people = officers(3);
  people[2].name = "Officer 1";
  EXPECT_THAT(outcome_of(split_key(key, 2, people, quick_kdf, random)),
              HasSubstr("Officer 1 is named twice"));
  people = officers(3);
  people[2].passphrase = passphrase_of("Officer 1");
  EXPECT_THAT(outcome_of(split_key(key, 2, people, quick_kdf, random)),
              HasSubstr("two of the officers chose the same passphrase"));
  people = officers(3);
  people[1].passphrase = SecretBytes::copy_of(as_bytes("too short"));
  EXPECT_THAT(outcome_of(split_key(key, 2, people, quick_kdf, random)),
              HasSubstr("validation: Officer 2: a passphrase has 12"));
}

TEST(SplitKey, RefusesItsOwnParametersBelowTheFloor) {
  FixedRandom random(1);
  EXPECT_THAT(
      outcome_of(split_key(new_key(), 2, officers(2), {{1024, 3, 1}, {65536, 3, 1}, {65536, 3, 1}}, random)),
      HasSubstr("too weakly protected"));
}

TEST(SplitKey, NeverUsesASaltOrNonceTwice) {
  const auto shares = deal(new_key(), 2, 16);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      EXPECT_NE(shares[i].sealing.salt, shares[k].sealing.salt);
      EXPECT_NE(shares[i].sealing.nonce, shares[k].sealing.nonce);
    }
  }
}

// Made by tests/testdata/shares/generate with other libraries altogether.
TEST(ShareFormat, ASetMadeByAnotherImplementationGivesItsKey) {
  const auto key = crypto::PublicKey::from_spki(testdata_der("shares/key.pub.pem"));
  for (const auto& chosen : {std::vector{1, 2, 3}, {5, 3, 1}, {2, 4, 5}, {1, 2, 3, 4, 5}}) {
    Quorum quorum(key_fingerprint(*key), quick_kdf);
    for (const int number : chosen) {
      const std::string file = std::to_string(number) + ".share", text = testdata("shares/" + file);
      const auto share = read_share_file(text);
      ASSERT_TRUE(share) << share.error().message;
      EXPECT_EQ(write_share_file(*share), text);
      ASSERT_TRUE(quorum.open(*share, file, passphrase_of(share->officer)));
    }
    const auto joined = quorum.join();
    ASSERT_TRUE(joined) << joined.error().message;
    EXPECT_EQ(to_hex(joined->public_key().spki()), to_hex(key->spki()));
  }
}

}  // namespace
}  // namespace chancery::shares
