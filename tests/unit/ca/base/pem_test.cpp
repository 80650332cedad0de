#include <gtest/gtest.h>

#include "ca/base/bytes.h"
#include "ca/base/random.h"

namespace chancery {
namespace {

TEST(Pem, WritesLinesOf64) {
  const Bytes der(49, 0);  // 68 characters of base64
  EXPECT_EQ(to_pem("THING", der),
            "-----BEGIN THING-----\n" + std::string(64, 'A') + "\nAA==\n-----END THING-----\n");
}

TEST(Pem, ReadsBackWhatItWrote) {
  FixedRandom random(1);
  for (const std::size_t length : {1U, 47U, 48U, 49U, 1000U}) {
    Bytes der(length);
    random.fill(der);
    const auto blocks = parse_pem(to_pem("CERTIFICATE", der));
    ASSERT_TRUE(blocks.has_value());
    ASSERT_EQ(blocks->size(), 1U);
    EXPECT_EQ(blocks->front().label, "CERTIFICATE");
    EXPECT_EQ(blocks->front().der, der);
  }
}

TEST(Pem, ReadsSeveralBlocksInOrderAndOtherLineEnds) {
  const auto blocks = parse_pem(
      "\r\n-----BEGIN A B-----\r\nZg==\r\n-----END A B-----\r\n\n \t\n"
      "-----BEGIN C-----\nZm9v\nYmFy\n-----END C-----");
  ASSERT_TRUE(blocks.has_value());
  ASSERT_EQ(blocks->size(), 2U);
  EXPECT_EQ((*blocks)[0].label, "A B");
  EXPECT_EQ((*blocks)[0].der, to_bytes(as_bytes("f")));
  EXPECT_EQ((*blocks)[1].der, to_bytes(as_bytes("foobar")));
}

TEST(Pem, RefusesMalformedText) {
  const char* const faults[] = {
      "",
      "   \n",
      "no PEM at all",
      "-----BEGIN A-----\nZg==\n",                                                       // not closed
      "-----BEGIN A-----\n-----END A-----\n",                                            // empty
      "-----BEGIN A-----\nZg==\n-----END B-----\n",                                      // another label
      "-----BEGIN A-----\nZg=\n-----END A-----\n",                                       // broken base64
      "-----BEGIN A-----\nZg==\n-----END A-----\ntrailing",                              // text behind
      "leading\n-----BEGIN A-----\nZg==\n-----END A-----\n",                             // text in front
      "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nZg==\n-----END A-----\n",            // RFC 1421 headers
      "-----BEGIN -----\nZg==\n-----END -----\n",                                        // no label
      "-----BEGIN A-----\n-----BEGIN B-----\nZg==\n-----END B-----\n-----END A-----\n",  // one inside another
      " -----BEGIN A-----\nZg==\n-----END A-----\n",                                     // indented
  };
  for (const char* text : faults) EXPECT_FALSE(parse_pem(text).has_value()) << text;
}

}  // namespace
}  // namespace chancery
