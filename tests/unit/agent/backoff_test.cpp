#include "agent/backoff.h"

#include <gtest/gtest.h>

namespace chancery::agent {
namespace {

constexpr Seconds ninety_days{90 * 86400};

TEST(Backoff, AShortLivedCertificateIsTriedAgainWithinTwoSeconds) {
  FixedRandom random(1);
  for (int failures = 1; failures < 100; ++failures) {
    const Seconds pause = backoff(failures, Seconds(90), {}, random);
    EXPECT_GE(pause, Seconds(1));
    EXPECT_LE(pause, Seconds(2));
  }
}

TEST(Backoff, DoublesUpToAnHour) {
  FixedRandom random(2);
  Seconds most{60};
  for (int failures = 1; failures < 40; ++failures) {
    const Seconds pause = backoff(failures, ninety_days, {}, random);
    EXPECT_GE(pause, most / 2) << failures;
    EXPECT_LE(pause, most) << failures;
    most = std::min(Seconds(3600), most * 2);
  }
}

TEST(Backoff, IsNeverUnderASecondForAnyInput) {
  FixedRandom random(3);
  for (const int failures : {-5, 0, 1, 2, 31, 64, 2147483647}) {
    for (const Seconds lifetime : {Seconds(-1), Seconds(0), Seconds(1), ninety_days}) {
      EXPECT_GE(backoff(failures, lifetime, Seconds(-100), random), Seconds(1));
      EXPECT_LE(backoff(failures, lifetime, {}, random), Seconds(3600));
    }
  }
}

TEST(Backoff, WithoutACertificateAMinuteIsTheMost) {
  FixedRandom random(4);
  for (int failures = 1; failures < 30; ++failures) EXPECT_LE(backoff(failures, {}, {}, random), Seconds(60));
}

TEST(Backoff, KeepsToRetryAfterUpToAnHour) {
  FixedRandom random(5);
  EXPECT_GE(backoff(1, Seconds(90), Seconds(30), random), Seconds(30));
  EXPECT_EQ(backoff(1, Seconds(90), Seconds(3600), random), Seconds(3600));
  EXPECT_EQ(backoff(1, Seconds(90), Seconds(86400), random), Seconds(3600));
}

TEST(Backoff, IsSpreadByChance) {
  FixedRandom random(6);
  Seconds least = Seconds::max(), most = Seconds::min();
  for (int round = 0; round < 200; ++round) {
    const Seconds pause = backoff(20, ninety_days, {}, random);
    least = std::min(least, pause);
    most = std::max(most, pause);
  }
  EXPECT_GT(most - least, Seconds(1000));
}

}  // namespace
}  // namespace chancery::agent
