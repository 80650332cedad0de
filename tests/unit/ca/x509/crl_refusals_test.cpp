// Lists that are refused: those OpenSSL makes of kinds we do not take, and hand-made ones.
#include <gmock/gmock.h>

#include "ca/x509/crl.h"
#include "ca/x509/der.h"
#include "tests/support/outcome.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::x509 {
namespace {

using test::must;
using test::outcome_of;
using testing::HasSubstr;

TEST(CrlRefusals, KindsThatAreNotTaken) {
  const std::pair<const char*, const char*> rows[] = {{"version-1", "the version is not v2"},
                                                      {"indirect", "2.5.29.28"},
                                                      {"some_reasons", "2.5.29.28"},
                                                      {"attributes", "2.5.29.28"},
                                                      {"delta", "2.5.29.27"},
                                                      {"unknown", "1.2.3.4"}};
  for (const auto& [name, complaint] : rows) {
    EXPECT_THAT(outcome_of(Crl::parse_pem(test::testdata(std::string("crl/refused-") + name + ".pem"))),
                testing::AllOf(testing::StartsWith("validation: malformed CRL"), HasSubstr(complaint)))
        << name;
  }
}

// A TBSCertList from hex parts: what stands before the entries, and what the test wants.
std::string outcome_of_tbs(const std::string& after_times, const std::string& version = "020101",
                           const std::string& next_update = "170d3237303430313030303030305a") {
  const std::string body = version + "300a06082a8648ce3d040302" + "3000" + "170d3236313130313030303030305a" +
                           next_update + after_times;
  Bytes tbs;
  der::Writer writer(tbs);
  writer.sequence([&] { writer.raw(*parse_hex(body)); });
  return outcome_of(parse_tbs_cert_list(tbs));
}

// SEQUENCE or explicit tag around hex, short form.
std::string wrap(const std::string& tag, const std::string& hex) {
  Bytes size{static_cast<std::uint8_t>(hex.size() / 2)};
  return tag + to_hex(size) + hex;
}
std::string entry(const std::string& extensions) {
  const std::string rest = extensions.empty() ? "" : wrap("30", extensions);
  return wrap("30", wrap("30", "02020101170d3236313030313030303030305a" + rest));
}
std::string reason(const std::string& value, const std::string& critical = "") {
  return wrap("30", "0603551d15" + critical + wrap("04", value));
}
std::string list_extension(const std::string& oid, const std::string& value,
                           const std::string& critical = "") {
  return wrap("a0", wrap("30", wrap("30", oid + critical + wrap("04", value))));
}

TEST(CrlRefusals, TheHandMadeListItselfIsTaken) {
  EXPECT_EQ(outcome_of_tbs(""), "ok");
  EXPECT_EQ(outcome_of_tbs(entry("")), "ok");
  EXPECT_EQ(outcome_of_tbs(entry(reason("0a0101"))), "ok");
  EXPECT_EQ(outcome_of_tbs(entry(reason("0a0100"))), "ok");  // a lint's business
  EXPECT_EQ(outcome_of_tbs(list_extension("0603551d14", "020107")), "ok");
  EXPECT_EQ(outcome_of_tbs(list_extension("0603551d1c", "30038201ff", "0101ff")), "ok");
}

TEST(CrlRefusals, Fields) {
  EXPECT_THAT(outcome_of_tbs("", ""), HasSubstr("the version is not v2"));
  EXPECT_THAT(outcome_of_tbs("", "020102"), HasSubstr("the version is not v2"));
  EXPECT_THAT(outcome_of_tbs("", "020101", ""), HasSubstr("nextUpdate is absent"));
  EXPECT_THAT(outcome_of_tbs("", "020101", "180f32303237303430313030303030305a"), HasSubstr("nextUpdate"))
      << "GeneralizedTime before 2050";
  EXPECT_THAT(outcome_of_tbs("3000"), HasSubstr("revokedCertificates is empty"));
  EXPECT_THAT(outcome_of_tbs("0500"), HasSubstr("unexpected data after"));
  EXPECT_THAT(outcome_of_tbs(list_extension("0603551d14", "020107") + "0500"), HasSubstr("unexpected data"));
}

TEST(CrlRefusals, Entries) {
  EXPECT_THAT(outcome_of_tbs(entry(reason("0a0107"))), HasSubstr("reasonCode"));
  EXPECT_THAT(outcome_of_tbs(entry(reason("0a010b"))), HasSubstr("reasonCode"));
  EXPECT_THAT(outcome_of_tbs(entry(reason("0a020001"))), HasSubstr("reasonCode"));
  EXPECT_THAT(outcome_of_tbs(entry(reason("020101"))), HasSubstr("reasonCode"));
  EXPECT_THAT(outcome_of_tbs(entry(reason("0a0101") + reason("0a0101"))), HasSubstr("appears twice"));
  EXPECT_THAT(outcome_of_tbs(entry(wrap("30", "0603551d18" + wrap("04", "170d3236303933303132303030305a")))),
              HasSubstr("invalidityDate"));
  EXPECT_THAT(outcome_of_tbs(entry(wrap("30", "0603551d1d" + wrap("04", "3000")))), HasSubstr("2.5.29.29"));
  EXPECT_THAT(outcome_of_tbs(entry(wrap("30", "06032a0304" + std::string("0101ff") + wrap("04", "0500")))),
              HasSubstr("1.2.3.4"));
  const std::string one = "02020101170d3236313030313030303030305a";
  EXPECT_THAT(outcome_of_tbs(wrap("30", wrap("30", one) + wrap("30", one))), HasSubstr("appears twice"));
  EXPECT_THAT(outcome_of_tbs(wrap("30", wrap("30", "020100170d3236313030313030303030305a"))),
              HasSubstr("it is zero"));
  EXPECT_THAT(outcome_of_tbs(wrap("30", wrap("30", one + "0500"))), HasSubstr("unexpected data in an entry"));
}

TEST(CrlRefusals, Extensions) {
  for (const char* value :
       {"0201ff", "02020001", "0200", "0a0107", "02150101010101010101010101010101010101010101010101"})
    EXPECT_THAT(outcome_of_tbs(list_extension("0603551d14", value)), HasSubstr("2.5.29.20")) << value;
  const std::string empty = "3000", both = "30068101ff8201ff", written_false = "3003820100";
  const std::string no_uri = "3004a002a000", relative = "3006a004a1023000";
  for (const std::string& value : {empty, both, written_false, no_uri, relative})
    EXPECT_THAT(outcome_of_tbs(list_extension("0603551d1c", value, "0101ff")), HasSubstr("2.5.29.28"))
        << value;
  EXPECT_THAT(outcome_of_tbs(list_extension("0603551d1b", "020101")), HasSubstr("2.5.29.27"));
  EXPECT_THAT(outcome_of_tbs("a0023000"), HasSubstr("an empty sequence"));
}

Bytes with_entries(std::size_t count) {
  CrlFields fields{
      .issuer = {0x30, 0x00}, .this_update = from_unix(1790000000), .next_update = from_unix(1790086400)};
  fields.revoked.reserve(count);
  for (std::size_t i = 1; i <= count; ++i)
    fields.revoked.push_back(
        {must(SerialNumber::from_bytes(CrlNumber(i).bytes())), from_unix(1789999999), {}, {}});
  return encode_tbs_cert_list(fields);
}

TEST(CrlRefusals, MoreEntriesThanTheLimit) {
  EXPECT_EQ(outcome_of(parse_tbs_cert_list(with_entries(crl_entry_limit))), "ok");
  EXPECT_THAT(outcome_of(parse_tbs_cert_list(with_entries(crl_entry_limit + 1))),
              HasSubstr("more than 100000 entries"));
}

TEST(CrlRefusals, MoreBytesThanTheLimit) {
  EXPECT_THAT(outcome_of(Crl::parse(Bytes(crl_limit))), HasSubstr("not one DER"));
  EXPECT_THAT(outcome_of(Crl::parse(Bytes(crl_limit + 1))), HasSubstr("larger than 8388608 bytes"));
}

TEST(CrlRefusals, TrailingBytesAndAnotherAlgorithmOutside) {
  Bytes der = test::testdata_der("crl/entries.pem");
  der.push_back(0);
  EXPECT_THAT(outcome_of(Crl::parse(der)), HasSubstr("followed by other bytes"));
  const Crl crl = must(Crl::parse(test::testdata_der("crl/entries.pem")));
  EXPECT_THAT(outcome_of(Crl::parse(
                  assemble_crl(crl.tbs(), crypto::SignatureAlgorithm::ecdsa_sha384, crl.signature()))),
              HasSubstr("inside and outside the signature differ"));
}

// ./check runs this under the sanitizers too.
TEST(CrlRefusals, EveryPrefixAndEveryFlippedBitIsNoticed) {
  const Certificate issuer = must(Certificate::parse_pem(test::testdata("crl/root.pem")));
  for (const char* name : {"crl/entries.pem", "crl/shard.pem"}) {
    Bytes der = test::testdata_der(name);
    for (std::size_t size = 0; size < der.size(); ++size)
      EXPECT_FALSE(Crl::parse(to_bytes(ByteView(der).first(size)))) << name << " " << size;
    for (std::size_t bit = 0; bit < der.size() * 8; ++bit) {
      der[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      const Result<Crl> changed = Crl::parse(der);
      EXPECT_FALSE(changed && verify_crl_issued_by(*changed, issuer)) << name << " bit " << bit;
      der[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    }
  }
}

}  // namespace
}  // namespace chancery::x509
