#include "ca/shares/secret_sharing.h"

#include <gmock/gmock.h>

#include <bit>

#include "tests/support/outcome.h"

namespace chancery::shares {
namespace {

using test::outcome_of;
using testing::HasSubstr;

constexpr SetId set{1, 2, 3};

SecretBytes secret(std::size_t size = 200) {
  SecretBytes out(size);
  FixedRandom(size).fill(out.writable());
  return out;
}

std::vector<SecretBytes> split_now(unsigned threshold, unsigned count, std::uint64_t seed = 7,
                                   const SetId& id = set, std::size_t size = 200) {
  FixedRandom random(seed);
  return *split(secret(size), threshold, count, id, random);
}

std::vector<SecretBytes> pick(const std::vector<SecretBytes>& shares, unsigned mask) {
  std::vector<SecretBytes> some;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if ((mask >> i & 1U) != 0) some.push_back(SecretBytes::copy_of(shares[i].reveal()));
  }
  return some;
}

TEST(SecretSharing, EveryChoiceOfSharesGivesTheSecretOrNothing) {
  const auto shares = split_now(3, 5);
  for (unsigned mask = 1; mask < 32; ++mask) {
    const Result<SecretBytes> joined = join(pick(shares, mask));
    ASSERT_EQ(joined.has_value(), std::popcount(mask) >= 3) << mask;
    EXPECT_TRUE(!joined || *joined == secret()) << mask;
  }
}

TEST(SecretSharing, TheOrderDoesNotMatter) {
  auto shares = split_now(3, 5);
  std::swap(shares[0], shares[4]);
  EXPECT_TRUE(*join(pick(shares, 0b11001)) == secret());
}

TEST(SecretSharing, LimitsOfTheNumbers) {
  FixedRandom random(1);
  const auto outcome = [&](unsigned threshold, unsigned count) {
    return outcome_of(split(secret(), threshold, count, set, random));
  };
  EXPECT_EQ(outcome(2, 2), "ok");
  EXPECT_EQ(outcome(16, 16), "ok");
  EXPECT_THAT(outcome(1, 2), HasSubstr("2 to 16 officers of whom at least 2 are needed; 1 of 2"));
  EXPECT_THAT(outcome(0, 0), HasSubstr("validation: "));
  EXPECT_THAT(outcome(3, 2), HasSubstr("3 of 2"));
  EXPECT_THAT(outcome(2, 17), HasSubstr("2 of 17"));
  EXPECT_THAT(outcome(258, 259), HasSubstr("258 of 259"));  // not cut to an octet
}

TEST(SecretSharing, LimitsOfTheSecret) {
  FixedRandom random(1);
  const auto outcome = [&](std::size_t size) {
    return outcome_of(split(SecretBytes(size), 2, 3, set, random));
  };
  EXPECT_EQ(outcome(1), "ok");
  EXPECT_EQ(outcome(4096), "ok");
  EXPECT_THAT(outcome(0), HasSubstr("1 to 4096 octets"));
  EXPECT_THAT(outcome(4097), HasSubstr("this one has 4097"));
  EXPECT_TRUE(*join(split_now(2, 3, 1, set, 4096)) == secret(4096));
}

TEST(SecretSharing, RefusesTheSameShareTwice) {
  auto shares = pick(split_now(3, 5), 0b00011);
  shares.push_back(SecretBytes::copy_of(shares[1].reveal()));
  EXPECT_THAT(outcome_of(join(shares)), HasSubstr("share 2 is there twice"));
}

TEST(SecretSharing, RefusesAShareOfAnotherSet) {
  auto shares = pick(split_now(2, 3), 0b001);
  shares.push_back(SecretBytes::copy_of(split_now(2, 3, 7, SetId{9})[1].reveal()));
  EXPECT_THAT(outcome_of(join(shares)), HasSubstr("not all of one set"));
}

TEST(SecretSharing, RefusesAShareOfAnotherSplittingUnderTheSameSetId) {
  auto shares = pick(split_now(2, 3, 7), 0b001);
  shares.push_back(SecretBytes::copy_of(split_now(2, 3, 8)[1].reveal()));
  EXPECT_THAT(outcome_of(join(shares)), HasSubstr("at least one of them was altered"));
}

TEST(SecretSharing, AFlippedBitAnywhereIsRefused) {
  const auto shares = split_now(2, 3, 7, set, 4);
  for (std::size_t bit = 0; bit < shares[0].size() * 8; ++bit) {
    auto pair = pick(shares, 0b011);
    pair[0].writable()[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(join(pair)) << bit;
  }
}

TEST(SecretSharing, RefusesWhatIsNoShare) {
  EXPECT_THAT(outcome_of(join({})), HasSubstr("no share to join"));
  for (const std::size_t size : {0U, 1U, 20U, 53U, 4150U}) {
    std::vector<SecretBytes> shares;
    shares.emplace_back(size);
    EXPECT_THAT(outcome_of(join(shares)), HasSubstr("this is not a share of a secret")) << size;
  }
}

TEST(SecretSharing, AShareNamesItsPlace) {
  const auto shares = split_now(3, 5);
  EXPECT_EQ(*read_header(shares[4]), (ShareHeader{set, 3, 5}));
}

}  // namespace
}  // namespace chancery::shares
