#include "ca/x509/der.h"

#include <gmock/gmock.h>

namespace chancery::x509::der {
namespace {

Bytes hex(std::string_view text) {
  return parse_hex(text).value();
}

std::optional<Element> read_only(const Bytes& bytes) {
  Reader reader(bytes);
  const auto element = reader.any();
  return element && reader.at_end() ? element : std::nullopt;
}

TEST(DerReader, ReadsElementsInOrder) {
  const Bytes input =
      hex("020105"
          "0401ff");
  Reader reader(input);
  const auto first = reader.expect(Tag::integer);
  ASSERT_TRUE(first);
  EXPECT_EQ(to_hex(first->content), "05");
  EXPECT_EQ(to_hex(first->whole), "020105");
  EXPECT_FALSE(reader.at_end());
  EXPECT_FALSE(reader.maybe(Tag::integer));
  EXPECT_FALSE(reader.failed());
  EXPECT_TRUE(reader.maybe(Tag::octet_string));
  EXPECT_TRUE(reader.at_end());
}

TEST(DerReader, EveryReadFailsAfterAFailure) {
  const Bytes input =
      hex("020105"
          "020106");
  Reader reader(input);
  EXPECT_FALSE(reader.expect(Tag::octet_string));
  EXPECT_TRUE(reader.failed());
  EXPECT_FALSE(reader.any());
  EXPECT_FALSE(reader.expect(Tag::integer));
  EXPECT_FALSE(reader.maybe(Tag::integer));
  EXPECT_FALSE(reader.at_end());
}

TEST(DerReader, ReadsLengthsOfEverySize) {
  for (const std::size_t size : {0UL, 1UL, 127UL, 128UL, 255UL, 256UL, 65535UL, 65536UL}) {
    Bytes out;
    Writer(out).element(Tag::octet_string, Bytes(size, 0x5a));
    const auto element = read_only(out);
    ASSERT_TRUE(element) << size;
    EXPECT_EQ(element->content.size(), size);
  }
}

TEST(DerReader, RefusesWhatIsNotDer) {
  for (const char* bad : {"", "04", "0402ff",           // too short
                          "0480ff0000",                 // indefinite length
                          "048101ff", "04817f",         // 1 and 127 in the long form
                          "04820080",                   // leading zero in the length
                          "0485000000000100",           // five octets of length
                          "04840000000100",             //
                          "0484ffffffff00", "04ff00",   // beyond the input, reserved
                          "1f2000", "bf8101020500"}) {  // multi-byte tags
    const Bytes input = hex(bad);
    Reader reader(input);
    EXPECT_FALSE(reader.any()) << bad;
    EXPECT_TRUE(reader.failed()) << bad;
  }
}

TEST(DerContent, BooleansAreZeroOrAllOnes) {
  EXPECT_EQ(boolean(*read_only(hex("010100"))), false);
  EXPECT_EQ(boolean(*read_only(hex("0101ff"))), true);
  EXPECT_EQ(boolean(*read_only(hex("010101"))), std::nullopt);
  EXPECT_EQ(boolean(*read_only(hex("0100"))), std::nullopt);
  EXPECT_EQ(boolean(*read_only(hex("0102ffff"))), std::nullopt);
  EXPECT_EQ(boolean(*read_only(hex("0201ff"))), std::nullopt);
}

TEST(DerContent, SmallIntegersAreMinimalAndNotNegative) {
  EXPECT_EQ(small_unsigned(*read_only(hex("020100"))), 0U);
  EXPECT_EQ(small_unsigned(*read_only(hex("02020080"))), 128U);
  EXPECT_EQ(small_unsigned(*read_only(hex("02087fffffffffffffff"))), 0x7fffffffffffffffU);
  for (const char* bad : {"0200", "0201ff", "02020001", "020180", "0209008000000000000000", "040100"}) {
    EXPECT_EQ(small_unsigned(*read_only(hex(bad))), std::nullopt) << bad;
  }
  EXPECT_TRUE(minimal_integer(hex("ff7f")));
  EXPECT_FALSE(minimal_integer(hex("ff80")));
}

TEST(DerContent, BitStringsHaveNoUnusedBits) {
  EXPECT_EQ(to_hex(*bit_string_octets(*read_only(hex("030200aa")))), "aa");
  EXPECT_EQ(bit_string_octets(*read_only(hex("030100")))->size(), 0U);
  for (const char* bad : {"0300", "030201aa", "040200aa"}) {
    EXPECT_FALSE(bit_string_octets(*read_only(hex(bad)))) << bad;
  }
}

Bytes element_of(Tag tag, std::string_view text) {
  Bytes out;
  Writer(out).element(tag, as_bytes(text));
  return out;
}
std::optional<TimePoint> read_time(Tag tag, std::string_view text) {
  return time(*read_only(element_of(tag, text)));
}

TEST(DerTime, ReadsBothForms) {
  EXPECT_EQ(read_time(Tag::utc_time, "261122043600Z"), parse_rfc3339("2026-11-22T04:36:00Z"));
  EXPECT_EQ(read_time(Tag::utc_time, "491231235959Z"), parse_rfc3339("2049-12-31T23:59:59Z"));
  EXPECT_EQ(read_time(Tag::utc_time, "500101000000Z"), parse_rfc3339("1950-01-01T00:00:00Z"));
  EXPECT_EQ(read_time(Tag::utc_time, "240229120000Z"), parse_rfc3339("2024-02-29T12:00:00Z"));
  EXPECT_EQ(read_time(Tag::generalized_time, "20500101000000Z"), parse_rfc3339("2050-01-01T00:00:00Z"));
  EXPECT_EQ(read_time(Tag::generalized_time, "99991231235959Z"), parse_rfc3339("9999-12-31T23:59:59Z"));
}

TEST(DerTime, RefusesEverythingElse) {
  for (const char* bad : {"", "2611220436Z", "261122043600", "261122043600+", "261122043600+0100",
                          "26112204360 Z", "261322043600Z", "261100043600Z", "260229120000Z", "261122240000Z",
                          "261122046000Z", "261122043660Z", "2x1122043600Z", "20261122043600Z"}) {
    EXPECT_EQ(read_time(Tag::utc_time, bad), std::nullopt) << bad;
  }
  for (const char* bad : {"20491231235959Z", "20500101000000", "20500101000000.5Z", "205001010000Z",
                          "20500132000000Z", "500101000000Z", "2O500101000000Z", "20500101000000+0000"}) {
    EXPECT_EQ(read_time(Tag::generalized_time, bad), std::nullopt) << bad;
  }
  EXPECT_EQ(read_time(Tag::octet_string, "261122043600Z"), std::nullopt);
}

TEST(DerTime, IsWrittenAsRfc5280Asks) {
  const auto written = [](const char* text) {
    Bytes out;
    Writer(out).time(parse_rfc3339(text).value());
    return std::string(as_text(out));
  };
  EXPECT_EQ(written("2049-12-31T23:59:59Z"),
            "\x17\x0d"
            "491231235959Z");
  EXPECT_EQ(written("2050-01-01T00:00:00Z"),
            "\x18\x0f"
            "20500101000000Z");
  EXPECT_EQ(written("1950-01-01T00:00:00Z"),
            "\x17\x0d"
            "500101000000Z");
  EXPECT_EQ(written("2026-01-02T03:04:05Z"),
            "\x17\x0d"
            "260102030405Z");
  EXPECT_EQ(written("9999-12-31T23:59:59Z"),
            "\x18\x0f"
            "99991231235959Z");
}

TEST(DerWriter, WritesIntegersMinimally) {
  const auto written = [](std::uint64_t value) {
    Bytes out;
    Writer(out).small_integer(value);
    return to_hex(out);
  };
  EXPECT_EQ(written(0), "020100");
  EXPECT_EQ(written(127), "02017f");
  EXPECT_EQ(written(128), "02020080");
  EXPECT_EQ(written(65537), "0203010001");
  EXPECT_EQ(written(~0ULL), "020900ffffffffffffffff");
  Bytes out;
  Writer(out).unsigned_integer(hex("0000ff"));
  EXPECT_EQ(to_hex(out), "020200ff");
}

TEST(DerWriter, NestsAndFixesLengths) {
  Bytes out;
  Writer writer(out);
  writer.sequence([&] {
    writer.boolean(true);
    writer.constructed(context_constructed(3), [&] { writer.element(Tag::octet_string, Bytes(200, 1)); });
    writer.bit_string(hex("aa"));
  });
  EXPECT_EQ(to_hex(ByteView(out).first(12)), "3081d50101ffa381cb0481c8");
  EXPECT_EQ(to_hex(ByteView(out).last(4)), "030200aa");
  ASSERT_TRUE(read_only(out));
}

}  // namespace
}  // namespace chancery::x509::der
