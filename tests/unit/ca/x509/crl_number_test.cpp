#include "ca/x509/crl_number.h"

#include <gmock/gmock.h>

#include "tests/support/outcome.h"
#include "tests/support/x509_builder.h"

namespace chancery::x509 {
namespace {

using test::must;
using test::outcome_of;
using testing::HasSubstr;

CrlNumber of_hex(const std::string& hex) {
  return must(CrlNumber::from_bytes(*parse_hex(hex)));
}

TEST(CrlNumber, IsWrittenAsAMinimalInteger) {
  EXPECT_EQ(to_hex(CrlNumber().bytes()), "00");
  EXPECT_EQ(to_hex(CrlNumber(0x7f).bytes()), "7f");
  EXPECT_EQ(to_hex(CrlNumber(0x80).bytes()), "0080");
  EXPECT_EQ(to_hex(CrlNumber(0xffffffffffffffff).bytes()), "00ffffffffffffffff");
  EXPECT_EQ(CrlNumber(300), of_hex("012c"));
}

TEST(CrlNumber, IsOrderedByValue) {
  EXPECT_LT(CrlNumber(0x7f), CrlNumber(0x80));
  EXPECT_LT(CrlNumber(0xff), CrlNumber(0x100));
  EXPECT_LT(CrlNumber(255), CrlNumber(256));
  EXPECT_LT(CrlNumber(2), CrlNumber(3));
  EXPECT_EQ(CrlNumber(7) <=> CrlNumber(7), std::strong_ordering::equal);
  EXPECT_LT(CrlNumber(0xffffffffffffffff), of_hex("010000000000000000"));
}

TEST(CrlNumber, TheNextIsOneMore) {
  for (const std::uint64_t value : {0ULL, 0x7eULL, 0x7fULL, 0xffULL, 0x7fffULL, 0xfffffULL})
    EXPECT_EQ(must(CrlNumber(value).next()), CrlNumber(value + 1)) << value;
  EXPECT_EQ(must(CrlNumber(0xffffffffffffffff).next()), of_hex("010000000000000000"));
}

TEST(CrlNumber, EndsBelowTwoToThe159) {
  const std::string largest = "7f" + std::string(38, 'f');
  EXPECT_THAT(outcome_of(of_hex(largest).next()), HasSubstr("no successor below 2^159"));
  EXPECT_EQ(outcome_of(CrlNumber::from_bytes(Bytes(21, 1))),
            "validation: the CRL number has more than 20 octets (RFC 5280 5.2.3)");
}

TEST(CrlNumber, RefusesWhatIsNoSuchInteger) {
  EXPECT_THAT(outcome_of(CrlNumber::from_bytes({})), HasSubstr("not minimally encoded"));
  EXPECT_THAT(outcome_of(CrlNumber::from_bytes(Bytes{0, 1})), HasSubstr("not minimally encoded"));
  EXPECT_THAT(outcome_of(CrlNumber::from_bytes(Bytes{0x80})), HasSubstr("negative"));
}

TEST(CrlNumber, IsReadAndShownInDecimal) {
  for (const char* text : {"0", "7", "255", "9223372036854775807"})
    EXPECT_EQ(must(CrlNumber::parse(text)).to_string(), text);
  for (const char* text :
       {"", "-1", "+1", " 1", "1 ", "01", "0x1", "9223372036854775808", "99999999999999999999"})
    EXPECT_THAT(outcome_of(CrlNumber::parse(text)), HasSubstr("not a whole number")) << text;
  EXPECT_EQ(of_hex("010000000000000000").to_string(), "0x010000000000000000");
}

}  // namespace
}  // namespace chancery::x509
