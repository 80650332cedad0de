#include <gtest/gtest.h>

#include "ca/base/bytes.h"
#include "ca/base/random.h"

namespace chancery {
namespace {

TEST(Hex, WritesLowerCaseAndReadsEither) {
  const Bytes bytes{0x00, 0x0f, 0xa5, 0xff};
  EXPECT_EQ(to_hex(bytes), "000fa5ff");
  EXPECT_EQ(parse_hex("000FA5fF"), bytes);
  EXPECT_EQ(parse_hex(""), Bytes{});
}

TEST(Hex, RefusesOddLengthsAndOtherCharacters) {
  for (const char* text : {"0", "abc", "0g", "0x", " 0", "0 ", "-1", "0\n", "à"}) {
    EXPECT_EQ(parse_hex(text), std::nullopt) << text;
  }
}

struct Base64Vector {
  const char *text, *standard, *url;
};

// RFC 4648 section 10, and two vectors from Python's base64 for the characters that differ.
class Base64Vectors : public testing::TestWithParam<Base64Vector> {};

TEST_P(Base64Vectors, EncodeAndDecode) {
  const Base64Vector& vector = GetParam();
  EXPECT_EQ(to_base64(as_bytes(vector.text)), vector.standard);
  EXPECT_EQ(to_base64url(as_bytes(vector.text)), vector.url);
  EXPECT_EQ(parse_base64(vector.standard), to_bytes(as_bytes(vector.text)));
}

INSTANTIATE_TEST_SUITE_P(
    Rfc4648, Base64Vectors,
    testing::Values(Base64Vector{"", "", ""}, Base64Vector{"f", "Zg==", "Zg"},
                    Base64Vector{"fo", "Zm8=", "Zm8"}, Base64Vector{"foo", "Zm9v", "Zm9v"},
                    Base64Vector{"foob", "Zm9vYg==", "Zm9vYg"}, Base64Vector{"fooba", "Zm9vYmE=", "Zm9vYmE"},
                    Base64Vector{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
                    Base64Vector{"\xfb\xff\xfe", "+//+", "-__-"}, Base64Vector{"\xff\xef", "/+8=", "_-8"}));

TEST(Base64, RefusesWhatIsNotCanonical) {
  const char* const faults[] = {
      "Z",        "Zg",       "Zg=",   "Zm9",  "Zg===",  // length
      "Zh==",     "Zm9=",                                // trailing bits that are not zero
      "Zg==Zg==", "Zg==Zm9v", "=g==",  "Z===", "====",   // padding in other places
      "Zm 9v",    "Zm9v\n",   "\nZm9", "Zm-v", "Zm_v",   // other characters
  };
  for (const char* text : faults) EXPECT_EQ(parse_base64(text), std::nullopt) << text;
}

TEST(Base64, ReadsBackWhatItWroteAtEveryLength) {
  FixedRandom random(7);
  for (std::size_t length = 0; length <= 100; ++length) {
    Bytes bytes(length);
    random.fill(bytes);
    EXPECT_EQ(parse_base64(to_base64(bytes)), bytes);
    EXPECT_EQ(parse_hex(to_hex(bytes)), bytes);
  }
}

}  // namespace
}  // namespace chancery
