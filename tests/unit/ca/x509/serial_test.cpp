#include "ca/x509/serial.h"

#include <gmock/gmock.h>

#include <set>

#include "ca/x509/oids.h"
#include "ca/x509/validity.h"
#include "tests/support/outcome.h"

namespace chancery::x509 {
namespace {

using test::outcome_of;
using testing::HasSubstr;

TEST(SerialNumber, GeneratedOnesAreSeventeenOctetsWithAFixedFirst) {
  FixedRandom random(7);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const SerialNumber serial = SerialNumber::generate(random);
    ASSERT_EQ(serial.bytes().size(), 17U);
    ASSERT_EQ(serial.bytes()[0], 0x01);
    EXPECT_TRUE(SerialNumber::from_bytes(serial.bytes()));
    EXPECT_TRUE(seen.insert(serial.to_string()).second);
  }
}

TEST(SerialNumber, TakesAllItsBitsFromTheSource) {
  FixedRandom one(7), same(7);
  Bytes drawn(16);
  same.fill(drawn);
  EXPECT_EQ(SerialNumber::generate(one).to_string(), "01" + to_hex(drawn));
}

TEST(SerialNumber, AcceptsOneToTwentyOctets) {
  for (const char* good : {"01", "7f", "0080", "00ff", "7fffffffffffffffffffffffffffffffffffffff"}) {
    EXPECT_EQ(outcome_of(SerialNumber::from_bytes(parse_hex(good).value())), "ok") << good;
  }
}

TEST(SerialNumber, NamesTheBrokenRule) {
  const auto outcome = [](const char* text) {
    return outcome_of(SerialNumber::from_bytes(parse_hex(text).value()));
  };
  EXPECT_THAT(outcome("00"), HasSubstr("zero"));
  EXPECT_THAT(outcome("ff"), HasSubstr("negative"));
  EXPECT_THAT(outcome("80"), HasSubstr("negative"));
  EXPECT_THAT(outcome(""), HasSubstr("not minimally encoded"));
  EXPECT_THAT(outcome("0001"), HasSubstr("not minimally encoded"));
  EXPECT_THAT(outcome("0000"), HasSubstr("not minimally encoded"));
  EXPECT_THAT(outcome("ff80"), HasSubstr("not minimally encoded"));
  EXPECT_THAT(outcome("010101010101010101010101010101010101010101"), HasSubstr("more than 20 octets"));
  EXPECT_THAT(outcome("00ffffffffffffffffffffffffffffffffffffffff"), HasSubstr("more than 20 octets"));
}

TEST(SerialNumber, TextIsReadBack) {
  const auto serial = SerialNumber::parse("01abcd");
  ASSERT_TRUE(serial);
  EXPECT_EQ(serial->to_string(), "01abcd");
  EXPECT_EQ(SerialNumber::parse("01ABCD")->to_string(), "01abcd");
  EXPECT_EQ(SerialNumber::parse("01:AB:cd")->to_string(), "01abcd");
  EXPECT_EQ(*SerialNumber::parse("01:ab:cd"), *serial);
}

TEST(SerialNumber, RefusesOtherTexts) {
  for (const char* bad :
       {"", "1", "abc", "01 ab", "0x01", "01::ab", ":01", "01:", "01a:b", "0:1ab", "zz", "01-ab"}) {
    EXPECT_FALSE(SerialNumber::parse(bad)) << bad;
  }
  EXPECT_FALSE(SerialNumber::parse(std::string(100000, 'a')));
  EXPECT_LT(outcome_of(SerialNumber::parse(std::string(100000, 'a'))).size(), 300U);
}

TEST(Validity, IsInclusiveOfBothEnds) {
  const TimePoint start = parse_rfc3339("2026-11-22T00:00:00Z").value();
  const Validity validity = Validity::starting_at(start, Seconds(90 * 86400));
  EXPECT_EQ(validity.not_after() - validity.not_before(), Seconds(7775999));
  EXPECT_EQ(validity.lifetime(), Seconds(90 * 86400));
  EXPECT_TRUE(validity.contains(start));
  EXPECT_TRUE(validity.contains(validity.not_after()));
  EXPECT_FALSE(validity.contains(start - Seconds(1)));
  EXPECT_FALSE(validity.contains(validity.not_after() + Seconds(1)));
}

TEST(Validity, OneSecondIsTheShortest) {
  const Validity validity = Validity::starting_at(from_unix(1000), Seconds(1));
  EXPECT_EQ(validity.not_before(), validity.not_after());
  EXPECT_EQ(validity, Validity::from_bounds(from_unix(1000), from_unix(1000)));
}

// X.690 8.19.5's example and OIDs that openssl asn1parse prints.
TEST(Oids, AreShownInDottedForm) {
  EXPECT_EQ(oids::to_dotted(oids::subject_alternative_name), "2.5.29.17");
  EXPECT_EQ(oids::to_dotted(oids::extension_request), "1.2.840.113549.1.9.14");
  EXPECT_EQ(oids::to_dotted(parse_hex("883703").value()), "2.999.3");
  EXPECT_EQ(oids::to_dotted(parse_hex("00").value()), "0.0");
  EXPECT_EQ(oids::to_dotted(parse_hex("27").value()), "0.39");
  for (const char* bad : {"", "80", "8001", "5580", "55801d", "55ffffffffffffffffff7f"}) {
    EXPECT_EQ(oids::to_dotted(parse_hex(bad).value()), "?") << bad;
  }
}

}  // namespace
}  // namespace chancery::x509
