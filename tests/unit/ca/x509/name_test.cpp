#include "ca/x509/name.h"

#include <gmock/gmock.h>

#include "ca/x509/certificate.h"
#include "ca/x509/der.h"
#include "ca/x509/oids.h"
#include "tests/support/outcome.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::x509 {
namespace {

using der::Tag;
using test::must;
using test::outcome_of;
using testing::AnyOf;
using testing::HasSubstr;

// One RDN of one attribute.
Bytes name_der(ByteView oid, Tag tag, std::string_view value) {
  Bytes out;
  der::Writer writer(out);
  writer.sequence([&] {
    writer.constructed(static_cast<std::uint8_t>(Tag::set), [&] {
      writer.sequence([&] {
        writer.oid(oid);
        writer.element(tag, as_bytes(value));
      });
    });
  });
  return out;
}
Result<Name> read_cn(std::string_view value, Tag tag = Tag::utf8_string) {
  return Name::parse(name_der(oids::common_name, tag, value));
}

Name example() {
  return Name({{AttributeType::country, "CH"},
               {AttributeType::organization, "Example"},
               {AttributeType::organizational_unit, "Zürich"},
               {AttributeType::common_name, "Example Intermediate I1"}});
}

TEST(Name, IsWrittenAsOpensslWritesIt) {
  const auto certificate = must(Certificate::parse_pem(test::testdata("x509/certificates/intermediate.pem")));
  EXPECT_EQ(to_hex(example().to_der()), to_hex(certificate.fields().subject));
  EXPECT_EQ(must(Name::parse(certificate.fields().subject)), example());
}

TEST(Name, EmptyNameIsAnEmptySequence) {
  EXPECT_EQ(to_hex(Name().to_der()), "3000");
  const Name read = must(Name::parse(Name().to_der()));
  EXPECT_TRUE(read.empty());
  EXPECT_EQ(read.to_string(), "");
  EXPECT_EQ(read.common_name(), "");
}

TEST(Name, TextIsReversedAndEscaped) {
  EXPECT_EQ(example().to_string(), "CN=Example Intermediate I1,OU=Zürich,O=Example,C=CH");
  const auto text = [](const char* value) { return Name({{AttributeType::common_name, value}}).to_string(); };
  EXPECT_EQ(text("a,b+c\"d\\e<f>g;h"), "CN=a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h");
  EXPECT_EQ(text("#a#"), "CN=\\#a#");
  EXPECT_EQ(text(" a b "), "CN=\\ a b\\ ");
  EXPECT_EQ(text(" "), "CN=\\ ");
}

TEST(Name, CommonNameIsTheLast) {
  const Name name({{AttributeType::common_name, "first"}, {AttributeType::common_name, "last"}});
  EXPECT_EQ(name.common_name(), "last");
}

TEST(Name, AcceptsBothStringTypes) {
  EXPECT_EQ(must(read_cn("web.example", Tag::printable_string)).common_name(), "web.example");
  EXPECT_EQ(must(read_cn("web.example")).common_name(), "web.example");
  EXPECT_EQ(must(Name::parse(name_der(oids::country, Tag::printable_string, "CH"))).to_string(), "C=CH");
}

TEST(Name, RefusesOtherStringTypesAndCharacters) {
  EXPECT_THAT(outcome_of(read_cn("web", Tag::ia5_string)),
              HasSubstr("neither UTF8String nor PrintableString"));
  EXPECT_THAT(outcome_of(read_cn("a*b", Tag::printable_string)), HasSubstr("PrintableString cannot hold"));
  EXPECT_THAT(outcome_of(read_cn("a@b", Tag::printable_string)), HasSubstr("PrintableString cannot hold"));
  EXPECT_THAT(outcome_of(read_cn("Zürich", Tag::printable_string)), HasSubstr("PrintableString cannot hold"));
  EXPECT_THAT(outcome_of(read_cn(std::string_view("web\0.example", 12))), HasSubstr("CN contains a NUL"));
  for (const char* bad :
       {"a\tb", "a\nb", "\x7f", "\xc2\x80" /* C1 */, "\xff", "\xc3", "\xc0\xaf" /* overlong */,
        "\xed\xa0\x80" /* surrogate */, "\xf4\x90\x80\x80" /* beyond */, "\xe2\x28\xa1", "\x80"}) {
    EXPECT_THAT(outcome_of(read_cn(bad)), AnyOf(HasSubstr("CN holds an octet that is not UTF-8"),
                                                HasSubstr("CN holds the control character U+00")))
        << bad;
  }
}

TEST(Name, RefusesWhatNobodySeesAndSaysWhatItIs) {
  for (const auto& [bad, found] : {std::pair<const char*, const char*>{
                                       "adm\xe2\x80\xaein", "CN holds U+202E, which turns the direction"},
                                   {"adm\xe2\x80\x8bin", "CN holds U+200B, which nobody can see; delete it"},
                                   {"adm\xe2\x80\x8cin", "CN holds U+200C, which nobody can see; delete it"},
                                   {"\xef\xbb\xbf"
                                    "admin",
                                    "CN holds U+FEFF, which nobody can see"},
                                   {"\xee\x80\x80", "CN holds U+E000, which is for private use"}}) {
    EXPECT_THAT(outcome_of(read_cn(bad)), HasSubstr(found));
    EXPECT_FALSE(check_name(Name({{AttributeType::organization, bad}})));
  }
  for (const char* good : {"é", "ß", "日本", "سلام", "שלום", "Ω", "\xf0\x9f\x94\x91"})
    EXPECT_EQ(outcome_of(read_cn(good)), "ok") << good;
}

TEST(Name, BoundsAreInCharactersNotOctets) {
  std::string wide;
  for (int i = 0; i < 64; ++i) wide += "\xf0\x9f\x94\x91";  // a key, four octets
  EXPECT_EQ(outcome_of(read_cn(wide)), "ok");
  EXPECT_THAT(outcome_of(read_cn(wide + "x")), HasSubstr("CN has 65 characters; 1 to 64"));
  EXPECT_EQ(outcome_of(read_cn(std::string(64, 'a'))), "ok");
  EXPECT_THAT(outcome_of(read_cn("")), HasSubstr("CN has 0 characters"));
}

TEST(Name, CountriesAreTwoLetters) {
  for (const char* bad : {"C", "CHE", "C1", "  ", "ü"}) {
    EXPECT_THAT(outcome_of(Name::parse(name_der(oids::country, Tag::utf8_string, bad))),
                HasSubstr("two letters"))
        << bad;
  }
}

TEST(Name, RefusesOtherAttributesAndMultiValuedRdns) {
  const Bytes email = parse_hex("2a864886f70d010901").value();
  EXPECT_THAT(outcome_of(Name::parse(name_der(email, Tag::ia5_string, "a@b"))),
              HasSubstr("attribute 1.2.840.113549.1.9.1 is not supported"));
  Bytes two;
  der::Writer writer(two);
  writer.sequence([&] {
    writer.constructed(static_cast<std::uint8_t>(Tag::set), [&] {
      for (int i = 0; i < 2; ++i) {
        writer.sequence([&] {
          writer.oid(oids::common_name);
          writer.element(Tag::utf8_string, as_bytes("a"));
        });
      }
    });
  });
  EXPECT_THAT(outcome_of(Name::parse(two)), HasSubstr("several attributes in one"));
}

TEST(Name, HoldsAtMostSixteenAttributes) {
  const std::vector<NameAttribute> sixteen(16, {AttributeType::organizational_unit, "unit"});
  EXPECT_EQ(outcome_of(Name::parse(Name(sixteen).to_der())), "ok");
  EXPECT_EQ(outcome_of(check_name(Name(sixteen))), "ok");
  const std::vector<NameAttribute> seventeen(17, {AttributeType::organizational_unit, "unit"});
  EXPECT_THAT(outcome_of(Name::parse(Name(seventeen).to_der())), HasSubstr("more than 16"));
  EXPECT_THAT(outcome_of(check_name(Name(seventeen))), HasSubstr("more than 16"));
}

TEST(Name, RefusesTruncationsAndTrailingBytes) {
  Bytes der = example().to_der();
  for (std::size_t size = 0; size < der.size(); ++size)
    EXPECT_FALSE(Name::parse(ByteView(der).first(size))) << size;
  der.push_back(0);
  EXPECT_FALSE(Name::parse(der));
}

TEST(Name, CheckAgreesWithParse) {
  EXPECT_EQ(outcome_of(check_name(example())), "ok");
  EXPECT_EQ(outcome_of(check_name(Name())), "ok");
  EXPECT_THAT(outcome_of(check_name(Name({{AttributeType::country, "CHE"}}))), HasSubstr("two letters"));
  EXPECT_THAT(outcome_of(check_name(Name({{AttributeType::common_name, std::string(65, 'a')}}))),
              HasSubstr("65"));
}

}  // namespace
}  // namespace chancery::x509
