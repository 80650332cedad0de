#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "ca/base/guarded.h"
#include "ca/base/random.h"

namespace chancery {
namespace {

TEST(Guarded, LosesNoUpdateOfManyThreads) {
  constexpr int threads = 8, rounds = 10000;
  Guarded<int> counter(0);
  {
    std::vector<std::jthread> workers;
    workers.reserve(threads);
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        for (int k = 0; k < rounds; ++k) counter.with([](int& value) { ++value; });
      });
    }
  }
  EXPECT_EQ(counter.snapshot(), threads * rounds);
}

TEST(FixedRandom, RepeatsForASeedAndDiffersBetweenSeeds) {
  std::vector<std::uint8_t> first(64), again(64), other(64);
  FixedRandom(5).fill(first);
  FixedRandom(5).fill(again);
  FixedRandom(6).fill(other);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
}

TEST(SystemRandom, FillsEveryByteOfAnyLength) {
  SystemRandom random;
  for (const std::size_t length : {1U, 16U, 255U, 256U, 257U, 100000U}) {
    std::vector<std::uint8_t> seen(length, 0);
    // A byte that stays zero through 16 draws was not written: the chance otherwise is 2^-128 a byte.
    for (int draw = 0; draw < 16; ++draw) {
      std::vector<std::uint8_t> bytes(length, 0);
      random.fill(bytes);
      for (std::size_t i = 0; i < length; ++i) seen[i] = static_cast<std::uint8_t>(seen[i] | bytes[i]);
    }
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 0), 0) << length;
  }
}

TEST(SystemRandom, NothingToFillIsNoFault) {
  SystemRandom().fill({});
}

}  // namespace
}  // namespace chancery
