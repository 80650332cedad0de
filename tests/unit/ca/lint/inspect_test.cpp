// Files that nobody made on purpose: cut off, changed by a bit, nested without end.
#include "ca/lint/inspect.h"

#include "ca/lint/inspect/der_fault.h"
#include "tests/support/testdata.h"
#include "tests/unit/ca/lint/fixture.h"

namespace chancery::lint {
namespace {

using testing::HasSubstr;

Inspection look_at(const std::string& label, ByteView der, const std::string& issuer) {
  const auto found = must(inspect(to_pem(label, der), {.issuers = {golden(issuer)}}));
  return found.front();
}

TEST(Inspect, ACertificateCutOffAnywhereGivesAFinding) {
  const Bytes der = test::testdata_der("lint/leaf.pem");
  for (std::size_t size = 1; size < der.size(); ++size) {
    const Inspection found = look_at("CERTIFICATE", ByteView(der).first(size), "intermediate");
    EXPECT_TRUE(found.findings.has_errors()) << size;
  }
}

TEST(Inspect, AChangedBitAnywhereGivesAFinding) {
  for (const auto& [label, file, issuer] : {std::tuple{"CERTIFICATE", "lint/leaf.pem", "intermediate"},
                                            {"X509 CRL", "lint/crl/pass.pem", "root"}}) {
    const Bytes der = test::testdata_der(file);
    for (std::size_t at = 0; at < der.size(); ++at) {
      Bytes changed = der;
      changed[at] ^= static_cast<std::uint8_t>(1U << at % 8);
      EXPECT_TRUE(look_at(label, changed, issuer).findings.has_errors()) << file << " at byte " << at;
    }
  }
}

TEST(Inspect, ARequestWithAChangedBitGivesAFinding) {
  const Bytes der = test::testdata_der("lint/parser.request/pass.pem");
  for (std::size_t at = 0; at < der.size(); ++at) {
    Bytes changed = der;
    changed[at] ^= 0x04U;
    EXPECT_TRUE(look_at("CERTIFICATE REQUEST", changed, "root").findings.has_errors()) << at;
  }
}

TEST(Inspect, BytesBehindTheEndAreCounted) {
  Bytes der = test::testdata_der("lint/leaf.pem");
  der.insert(der.end(), {0, 0, 0});
  EXPECT_THAT(to_string(look_at("CERTIFICATE", der, "intermediate").findings),
              HasSubstr("3 bytes follow the end"));
}

TEST(Inspect, TheSizeOfACertificateIsLimited) {
  const auto sized = [](std::size_t size) {
    Bytes der{0x30, 0x83, static_cast<std::uint8_t>((size - 5) >> 16U),
              static_cast<std::uint8_t>((size - 5) >> 8U), static_cast<std::uint8_t>(size - 5)};
    while (der.size() < size) der.insert(der.end(), {0x05, 0x00});
    der.resize(size);
    return der;
  };
  EXPECT_THAT(to_string(look_at("CERTIFICATE", sized(65537), "root").findings),
              HasSubstr("it has 65537 bytes; at most 65536 are read"));
  EXPECT_THAT(to_string(look_at("CERTIFICATE", sized(65536), "root").findings),
              testing::Not(HasSubstr("are read")));
}

TEST(Inspect, WithoutAnIssuerWhatComparesWithItIsNotJudged) {
  const auto found = must(inspect(test::testdata("lint/leaf.pem"), {}));
  EXPECT_EQ(to_string(found.front().findings), "");
  EXPECT_THAT(found.front().not_judged, testing::Contains("rfc5280.issuer_name"));
  EXPECT_THAT(found.front().not_judged, testing::Contains("chain.signature"));
}

TEST(Inspect, AmongCertificatesOfOneNameTheKeyIdentifierDecides) {
  const auto found =
      must(inspect(test::testdata("lint/intermediate.pem"),
                   {.issuers = {golden("rfc5280.root_basic_constraints/fail"), golden("root")}}));
  EXPECT_EQ(to_string(found.front().findings), "");
}

Bytes nested(std::size_t depth) {
  Bytes der{0x05, 0x00};
  for (std::size_t i = 0; i < depth; ++i) {
    Bytes outer{0x30, static_cast<std::uint8_t>(der.size())};
    outer.insert(outer.end(), der.begin(), der.end());
    der = std::move(outer);
  }
  return der;
}

TEST(DerFault, NestingIsLimited) {
  EXPECT_FALSE(first_der_fault(nested(32)));
  const std::optional<DerFault> fault = first_der_fault(nested(33));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->offset, 64U);
  EXPECT_THAT(fault->what, HasSubstr("32 deep"));
}

TEST(DerFault, SaysWhatIsWrongWithTagAndLength) {
  const std::tuple<const char*, std::size_t, const char*> faults[] = {
      {"30", 0, "middle of a tag"},
      {"3080", 0, "indefinite length"},
      {"308105", 0, "fewest octets"},
      {"30820005", 0, "fewest octets"},
      {"3085000000000100", 0, "a length of 5 octets"},
      {"3003020105ff", 5, "1 bytes follow the end"},
      {"3003020205", 2, "it states 2 bytes, and 1 follow"},
      {"30031f0100", 2, "several octets"},
  };
  for (const auto& [hex, offset, words] : faults) {
    const std::optional<DerFault> fault = first_der_fault(*parse_hex(hex));
    ASSERT_TRUE(fault) << hex;
    EXPECT_EQ(fault->offset, offset) << hex;
    EXPECT_THAT(fault->what, HasSubstr(words)) << hex;
  }
}

}  // namespace
}  // namespace chancery::lint
