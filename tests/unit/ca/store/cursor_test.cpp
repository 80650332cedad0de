#include "ca/store/cursor.h"

#include <gtest/gtest.h>

#include <limits>

namespace chancery::store {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

Position by_expiry(std::int64_t not_after, std::int64_t id) {
  return {id, from_unix(not_after)};
}

TEST(Cursor, ReturnsWhatItHides) {
  for (const std::int64_t id : {std::int64_t{1}, std::int64_t{255}, std::int64_t{1} << 40U, largest}) {
    const auto decoded = decode_cursor(encode_cursor({id, std::nullopt}), false);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ((*decoded)->id, id);
    EXPECT_EQ((*decoded)->not_after, std::nullopt);
    for (const std::int64_t not_after : {smallest, std::int64_t{-1}, std::int64_t{0}, largest}) {
      const auto both = decode_cursor(encode_cursor(by_expiry(not_after, id)), true);
      ASSERT_TRUE(both.has_value());
      EXPECT_EQ((*both)->id, id);
      EXPECT_EQ((*both)->not_after, from_unix(not_after));
    }
  }
}

TEST(Cursor, IsTheStartWhenEmpty) {
  EXPECT_EQ(decode_cursor("", false).value(), std::nullopt);
  EXPECT_EQ(decode_cursor("", true).value(), std::nullopt);
}

TEST(Cursor, FitsIntoAUrl) {
  EXPECT_EQ(encode_cursor({largest, std::nullopt}), "wX__________");
  EXPECT_EQ(encode_cursor(by_expiry(1, largest)), "wgAAAAAAAAABf_________8");
}

TEST(Cursor, RefusesAnythingElse) {
  const std::string newest = encode_cursor({77, std::nullopt}), soonest = encode_cursor(by_expiry(5, 77));
  for (const bool expiry : {false, true}) {
    const std::string good = expiry ? soonest : newest;
    for (const std::string& bad :
         {good.substr(1), good + "A", "x" + good.substr(1), expiry ? newest : soonest,
          encode_cursor(expiry ? by_expiry(5, 0) : Position{0, std::nullopt}),
          encode_cursor(expiry ? by_expiry(5, -1) : Position{-1, std::nullopt}), std::string("wX//////////"),
          std::string(12, '\0'), std::string(23, '\0'), std::string("wQAAAAAAA=="),
          std::string("wgAAAAAAAAABf_________9")}) {  // the same octets, other unused bits
      const auto decoded = decode_cursor(bad, expiry);
      ASSERT_FALSE(decoded.has_value()) << bad;
      EXPECT_EQ(decoded.error().code, ErrorCode::validation);
    }
  }
}

}  // namespace
}  // namespace chancery::store
