// Files that nobody made on purpose: cut off, changed by a bit, nested without end.
#include "ca/lint/inspect.h"

#include "ca/lint/inspect/der_fault.h"
#include "ca/x509/der.h"
#include "ca/x509/oids.h"
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

std::vector<std::string> ids_of(const Inspection& found) {
  std::vector<std::string> ids;
  for (const Finding& finding : found.findings.list()) ids.push_back(finding.id);
  return ids;
}

TEST(Inspect, ListsOfOthersThatAreRefusedAreToldByTheirRule) {
  for (const auto& [name, id, words] : {
           std::tuple{"attributes", "parser.crl_partial", "the list is for attribute certificates"},
           std::tuple{"delta", "parser.crl_partial", "the list is a delta"},
           std::tuple{"indirect", "parser.crl_partial", "the list is an indirect one"},
           std::tuple{"some_reasons", "parser.crl_partial", "the list is for some reasons only"},
           std::tuple{"unknown", "parser.crl_critical_extension", "the extension 1.2.3.4 is critical"},
           std::tuple{"version-1", "parser.crl_version", "the version is absent, which means v1"},
       }) {
    const auto found = must(inspect(test::testdata("crl/refused-" + std::string(name) + ".pem"), {}));
    EXPECT_THAT(ids_of(found.front()), testing::ElementsAre(id)) << name;
    EXPECT_THAT(to_string(found.front().findings), HasSubstr(words)) << name;
  }
}

// With as many entries, each with this extension, and without nextUpdate.
Bytes list_of_entries(std::size_t count, ByteView oid, bool critical) {
  const x509::ParsedCrl sound = must(x509::Crl::parse_pem(test::testdata("lint/crl/pass.pem"))).fields();
  Bytes tbs;
  x509::der::Writer writer(tbs);
  writer.sequence([&] {
    writer.small_integer(1);
    writer.raw(sound.signature_algorithm);
    writer.raw(sound.issuer);
    writer.time(sound.this_update);
    writer.sequence([&] {
      for (std::size_t i = 1; i <= count; ++i) {
        writer.sequence([&] {
          writer.small_integer(i);
          writer.time(sound.this_update);
          writer.sequence([&] {
            writer.sequence([&] {
              writer.oid(oid);
              if (critical) writer.boolean(true);
              writer.element(x509::der::Tag::octet_string, Bytes{0x05, 0x00});
            });
          });
        });
      }
    });
  });
  return x509::assemble_crl(tbs, crypto::SignatureAlgorithm::ecdsa_sha384, Bytes(8, 1));
}

TEST(Inspect, EveryFaultOfAListIsToldAndEachKindOfEntryOnce) {
  const auto told = [](ByteView oid, bool critical) {
    return ids_of(look_at("X509 CRL", list_of_entries(3, oid, critical), "root"));
  };
  const Bytes unknown{0x2a, 0x03, 0x04};
  EXPECT_THAT(told(unknown, true),
              testing::ElementsAre("parser.crl_next_update", "parser.crl_critical_extension"));
  EXPECT_THAT(told(x509::oids::certificate_issuer, false),
              testing::ElementsAre("parser.crl_next_update", "parser.crl_partial"));
  EXPECT_THAT(told(unknown, false), testing::ElementsAre("parser.crl_next_update"));
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
