#include "ca/shares/seal.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/outcome.h"

namespace chancery::shares {
namespace {

using test::outcome_of;
using testing::HasSubstr;
using testing::StartsWith;

constexpr SealingInput input{{64, 2, 1}, {1, 2, 3}, {4, 5, 6}};

SecretBytes secret(std::string_view text) {
  return SecretBytes::copy_of(as_bytes(text));
}

Bytes sealed() {
  return *seal(secret("the share"), as_bytes("header"), secret("twelve chars"), input);
}

std::string outcome_of_opening(ByteView bytes, std::string_view header, std::string_view passphrase,
                               const SealingInput& with) {
  return outcome_of(unseal(bytes, as_bytes(header), secret(passphrase), with));
}

TEST(Seal, OpensWithThePassphrase) {
  EXPECT_EQ(as_text(unseal(sealed(), as_bytes("header"), secret("twelve chars"), input)->reveal()),
            "the share");
}

TEST(Seal, IsAuthenticatedInEveryBitAndBindsTheHeader) {
  for (std::size_t bit = 0; bit < sealed().size() * 8; bit += 5) {
    Bytes altered = sealed();
    altered[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_THAT(outcome_of_opening(altered, "header", "twelve chars", input), StartsWith("unauthorized: "));
  }
  EXPECT_THAT(outcome_of_opening(sealed(), "Header", "twelve chars", input), StartsWith("unauthorized: "));
  EXPECT_THAT(outcome_of_opening({}, "header", "twelve chars", input), StartsWith("unauthorized: "));
  EXPECT_THAT(outcome_of_opening(ByteView(sealed()).first(15), "header", "twelve chars", input),
              StartsWith("unauthorized: "));
}

TEST(Seal, EveryParameterMatters) {
  SealingInput other = input;
  other.salt[15] = 1;
  EXPECT_THAT(outcome_of_opening(sealed(), "header", "twelve chars", other), StartsWith("unauthorized: "));
  other = input;
  other.nonce[11] = 1;
  EXPECT_THAT(outcome_of_opening(sealed(), "header", "twelve chars", other), StartsWith("unauthorized: "));
  other = input;
  other.kdf.iterations = 3;
  EXPECT_THAT(outcome_of_opening(sealed(), "header", "twelve chars", other), StartsWith("unauthorized: "));
  EXPECT_THAT(outcome_of_opening(sealed(), "header", "twelve charZ", input),
              "unauthorized: the passphrase does not open this share");
}

TEST(Seal, LimitsOfThePassphrase) {
  const auto outcome = [](std::size_t size) {
    return outcome_of(seal(secret("x"), {}, secret(std::string(size, 'p')), input));
  };
  EXPECT_THAT(outcome(11), HasSubstr("12 to 1024 octets; this one has fewer"));
  EXPECT_EQ(outcome(12), "ok");
  EXPECT_EQ(outcome(1024), "ok");
  EXPECT_THAT(outcome(1025), HasSubstr("this one has more"));
}

TEST(Kdf, FloorAndCeilingHoldEachParameter) {
  const KdfPolicy policy{{64, 2, 2}, {64, 2, 2}, {128, 4, 3}};
  const auto outcome = [&](KdfParameters kdf) { return outcome_of(check_kdf(kdf, policy)); };
  EXPECT_EQ(outcome({64, 2, 2}), "ok");
  EXPECT_EQ(outcome({128, 4, 3}), "ok");
  for (const KdfParameters weak : {KdfParameters{63, 2, 2}, {64, 1, 2}, {64, 2, 1}}) {
    EXPECT_THAT(outcome(weak), HasSubstr("too weakly protected"));
  }
  for (const KdfParameters costly : {KdfParameters{129, 4, 3}, {128, 5, 3}, {128, 4, 4}}) {
    EXPECT_THAT(outcome(costly), HasSubstr("asks for too much"));
  }
}

TEST(Kdf, WhatProductionUsesIsWithinItsOwnBounds) {
  EXPECT_TRUE(check_kdf(production_kdf.use, production_kdf));
  EXPECT_GE(production_kdf.floor.memory_kib, 65536U);  // RFC 9106 section 4
  EXPECT_GE(production_kdf.floor.iterations, 3U);
}

TEST(Kdf, ProductionTakesTwiceWhatItWritesAndNoMore) {
  const auto outcome = [](KdfParameters kdf) { return outcome_of(check_kdf(kdf, production_kdf)); };
  const KdfParameters& use = production_kdf.use;
  const KdfParameters twice{2 * use.memory_kib, 2 * use.iterations, 2 * use.parallelism};
  EXPECT_EQ(outcome(twice), "ok");
  for (const KdfParameters costly : {KdfParameters{twice.memory_kib + 1, use.iterations, use.parallelism},
                                     {use.memory_kib, twice.iterations + 1, use.parallelism},
                                     {use.memory_kib, use.iterations, twice.parallelism + 1}}) {
    EXPECT_THAT(outcome(costly), HasSubstr("asks for too much"));
  }
}

TEST(Kdf, ProductionParametersOpenWhatTheySealed) {
  const SealingInput real{production_kdf.use, {1}, {2}};
  const Bytes bytes = *seal(secret("the share"), {}, secret("twelve chars"), real);
  EXPECT_EQ(as_text(unseal(bytes, {}, secret("twelve chars"), real)->reveal()), "the share");
}

#if !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)  // they reserve terabytes of address space
TEST(Kdf, TooLittleMemoryIsAnErrorAndNoCrash) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const rlimit little{256U << 20U, 256U << 20U};
    if (setrlimit(RLIMIT_AS, &little) != 0) _exit(2);
    const SealingInput large{{1048576, 1, 1}, {1}, {2}};
    const Result<Bytes> bytes = seal(secret("x"), {}, secret("twelve chars"), large);
    _exit(!bytes && bytes.error().code == ErrorCode::unavailable ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
}
#endif

}  // namespace
}  // namespace chancery::shares
