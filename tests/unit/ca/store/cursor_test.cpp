#include "ca/store/cursor.h"

#include <gtest/gtest.h>

#include <limits>

namespace chancery::store {
namespace {

TEST(Cursor, ReturnsWhatItHides) {
  for (const std::int64_t position : {std::int64_t{1}, std::int64_t{255}, std::int64_t{1} << 40U,
                                      std::numeric_limits<std::int64_t>::max()}) {
    const Result<std::int64_t> decoded = decode_cursor(encode_cursor(position));
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(*decoded, position);
  }
}

TEST(Cursor, IsTheStartWhenEmpty) {
  EXPECT_EQ(decode_cursor("").value(), std::numeric_limits<std::int64_t>::max());
}

TEST(Cursor, FitsIntoAUrl) {
  EXPECT_EQ(encode_cursor(std::numeric_limits<std::int64_t>::max()), "wX__________");
}

TEST(Cursor, RefusesAnythingElse) {
  const std::string good = encode_cursor(77);
  for (const std::string& bad :
       {good.substr(1), good + "A", "x" + good.substr(1), encode_cursor(0), encode_cursor(-1),
        std::string("wX//////////"), std::string(12, '\0'), std::string("wQAAAAAAA==")}) {
    const Result<std::int64_t> decoded = decode_cursor(bad);
    ASSERT_FALSE(decoded.has_value()) << bad;
    EXPECT_EQ(decoded.error().code, ErrorCode::validation);
  }
}

}  // namespace
}  // namespace chancery::store
