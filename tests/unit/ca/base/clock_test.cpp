#include "ca/base/clock.h"

#include <gtest/gtest.h>

namespace chancery {
namespace {

struct Instant {
  std::int64_t unix_seconds;
  const char* text;
};

// Seconds from Python: int(datetime.fromisoformat(text).timestamp()).
class Instants : public testing::TestWithParam<Instant> {};

TEST_P(Instants, ReadAndWrite) {
  const auto [seconds, text] = GetParam();
  EXPECT_EQ(to_rfc3339(from_unix(seconds)), text);
  EXPECT_EQ(parse_rfc3339(text), from_unix(seconds));
  EXPECT_EQ(to_unix(from_unix(seconds)), seconds);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc3339, Instants,
    testing::Values(Instant{0, "1970-01-01T00:00:00Z"}, Instant{-1, "1969-12-31T23:59:59Z"},
                    Instant{951782400, "2000-02-29T00:00:00Z"}, Instant{2524607999, "2049-12-31T23:59:59Z"},
                    Instant{2524608000, "2050-01-01T00:00:00Z"}, Instant{1795322160, "2026-11-22T04:36:00Z"},
                    Instant{253402300799, "9999-12-31T23:59:59Z"}));

TEST(Rfc3339, RefusesEveryOtherForm) {
  const char* const faults[] = {
      "",
      "2026-11-22",
      "2026-11-22T04:36:00",
      "2026-11-22T04:36:00z",
      "2026-11-22t04:36:00Z",
      "2026-11-22 04:36:00Z",
      "2026-11-22T04:36:00.0Z",
      "2026-11-22T04:36:00+00:00",
      "2026-02-29T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-00-01T00:00:00Z",
      "2026-01-00T00:00:00Z",
      "2026-04-31T00:00:00Z",
      "2026-01-01T24:00:00Z",
      "2026-01-01T00:60:00Z",
      "2026-06-30T23:59:60Z",
      "2026-1-011T00:00:00Z",
      "+026-01-01T00:00:00Z",
      "-026-01-01T00:00:00Z",
      "2026-01-01T0 :00:00Z",
      "2026-01-01T00:00:00ZZ",
      " 2026-01-01T00:00:00Z",
      "2026-01-01T-1:00:00Z",
  };
  for (const char* text : faults) EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
}

TEST(Duration, ReadsOneNumberAndOneUnit) {
  EXPECT_EQ(parse_duration("90d"), Seconds(7776000));
  EXPECT_EQ(parse_duration("36h"), Seconds(129600));
  EXPECT_EQ(parse_duration("15m"), Seconds(900));
  EXPECT_EQ(parse_duration("1s"), Seconds(1));
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* text : {"", "d", "90", "0s", "0d", "-1d", "+1d", "1.5h", "1h30m", "1w", "1D", "1 d", " 1d",
                           "1d ", "99999999999999999999d", "0x1d"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, EndsAtAHundredYears) {
  EXPECT_EQ(parse_duration("36600d"), Seconds(36600LL * 86400));
  EXPECT_EQ(parse_duration("36601d"), std::nullopt);
  EXPECT_EQ(parse_duration("3162240000s"), Seconds(3162240000));
  EXPECT_EQ(parse_duration("3162240001s"), std::nullopt);
}

TEST(Duration, WritesTheLargestUnitThatDivides) {
  EXPECT_EQ(to_string(Seconds(7776000)), "90d");
  EXPECT_EQ(to_string(Seconds(129600)), "36h");
  EXPECT_EQ(to_string(Seconds(900)), "15m");
  EXPECT_EQ(to_string(Seconds(7775999)), "7775999s");
  EXPECT_EQ(to_string(Seconds(0)), "0s");
}

TEST(FixedClock, StandsStillUntilTold) {
  FixedClock clock(from_unix(1000));
  EXPECT_EQ(clock.now(), from_unix(1000));
  clock.advance(Seconds(5));
  EXPECT_EQ(clock.now(), from_unix(1005));
  clock.set(from_unix(7));
  EXPECT_EQ(clock.now(), from_unix(7));
}

TEST(SystemClock, IsTheSystemsTime) {
  const auto before = std::chrono::floor<Seconds>(std::chrono::system_clock::now());
  const TimePoint now = SystemClock().now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, std::chrono::system_clock::now());
}

}  // namespace
}  // namespace chancery
