#include "ca/yaml/text_check.h"

#include <gtest/gtest.h>

#include <string>

namespace chancery::yaml {
namespace {

// Unicode 15, table 3-7: the first and last of each range, and their neighbours outside.
TEST(TextCheck, TakesWellFormedUtf8) {
  for (const char* text : {"", "a", "\t\r\n", "\x7e", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(first_bad_byte(text), std::nullopt) << text;
  }
}

TEST(TextCheck, RefusesEverythingElse) {
  for (const char* text : {"\x80",
                           "\xbf",
                           "\xc0\x80",
                           "\xc1\xbf",
                           "\xc2",
                           "\xc2\x7f",
                           "\xc2\xc0",
                           "\xe0\x9f\xbf",
                           "\xed\xa0\x80",
                           "\xe1\x80",
                           "\xe1\x80\xc0",
                           "\xf0\x8f\xbf\xbf",
                           "\xf4\x90\x80\x80",
                           "\xf5\x80\x80\x80",
                           "\xf1\x80\x80",
                           "\xff",
                           "\xfe",
                           "\x01",
                           "\x1f",
                           "\x7f",
                           "\x0b"}) {
    EXPECT_EQ(first_bad_byte(text), 0U) << text;
    EXPECT_EQ(first_bad_byte("ok\xc3\xa9" + std::string(text)), 4U);
  }
}

}  // namespace
}  // namespace chancery::yaml
