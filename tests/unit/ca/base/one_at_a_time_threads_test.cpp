#include "ca/base/one_at_a_time.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace chancery {
namespace {

TEST(OneAtATime, NeverTwoAtOnceAndNobodyWaitsForEver) {
  constexpr int threads = 8, rounds = 500;
  OneAtATime turns;
  std::atomic<int> within{0}, most{0}, done{0};
  {
    std::latch together(threads);
    std::vector<std::jthread> workers;
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        together.arrive_and_wait();
        for (int round = 0; round < rounds;) {
          const std::optional<OneAtATime::Turn> turn = turns.take();
          if (!turn) continue;
          most = std::max(most.load(), ++within);
          --within;
          ++round;
          ++done;
        }
      });
    }
  }
  EXPECT_EQ(most, 1);
  EXPECT_EQ(done, threads * rounds);
}

TEST(OneAtATime, WhoeverWaitsIsToldWhenTheTurnEnds) {
  OneAtATime turns;
  std::optional<OneAtATime::Turn> turn = turns.take();
  ASSERT_TRUE(turn.has_value());
  std::atomic<bool> ended{false};
  std::latch asking(1);
  std::jthread waiting([&] {
    asking.count_down();
    // nullopt if it came before the end, the turn itself if it came after: never before the end.
    (void)turns.take();
    EXPECT_TRUE(ended);
  });
  asking.wait();
  ended = true;
  turn.reset();
}

TEST(OneAtATime, IsFreeAgainAfterATurn) {
  OneAtATime turns;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(turns.take().has_value());
}

}  // namespace
}  // namespace chancery
