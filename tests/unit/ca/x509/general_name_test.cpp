#include "ca/x509/general_name.h"

#include <gmock/gmock.h>

#include "ca/x509/der.h"
#include "tests/support/outcome.h"

namespace chancery::x509 {
namespace {

using test::outcome_of;
using testing::HasSubstr;

constexpr std::uint8_t email = der::context(1), dns = der::context(2), uri = der::context(6),
                       ip = der::context(7);

struct Raw {
  std::uint8_t tag;
  std::string value;
};
Bytes names_der(const std::vector<Raw>& names) {
  Bytes out;
  der::Writer writer(out);
  writer.sequence([&] {
    for (const Raw& name : names) writer.element(name.tag, as_bytes(name.value));
  });
  return out;
}
std::string canonical(std::string_view text) {
  const auto name = parse_general_name(text);
  return name ? to_string(*name) : outcome_of(name);
}

TEST(GeneralName, TextIsBroughtToCanonicalForm) {
  EXPECT_EQ(canonical("dns:Web.EXAMPLE"), "dns:web.example");
  EXPECT_EQ(canonical("dns:*.web.example"), "dns:*.web.example");
  EXPECT_EQ(canonical("dns:xn--zrich-kva.example"), "dns:xn--zrich-kva.example");
  EXPECT_EQ(canonical("dns:localhost"), "dns:localhost");
  EXPECT_EQ(canonical("ip:192.0.2.7"), "ip:192.0.2.7");
  EXPECT_EQ(canonical("ip:2001:DB8:0:0:0:0:0:1"), "ip:2001:db8::1");
  EXPECT_EQ(canonical("ip:::"), "ip:::");
  EXPECT_EQ(canonical("ip:2001:db8:0:1:1:1:1:1"), "ip:2001:db8:0:1:1:1:1:1");  // RFC 5952 4.2.2
  EXPECT_EQ(canonical("uri:spiffe://Example/web"), "uri:spiffe://Example/web");
  EXPECT_EQ(canonical("email:Ops@Example.com"), "email:Ops@Example.com");
}

TEST(GeneralName, RefusesTextWithoutAKnownType) {
  for (const char* bad : {"", "web.example", "DNS:web.example", "dirname:x", ":x"}) {
    EXPECT_THAT(canonical(bad), HasSubstr("write dns:, ip:, uri: or email:")) << bad;
  }
}

TEST(GeneralName, DnsRules) {
  const std::string label(63, 'a');
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
  ASSERT_EQ(longest.size(), 253U);
  EXPECT_EQ(canonical("dns:" + longest), "dns:" + longest);
  EXPECT_THAT(canonical("dns:" + longest + "b"), HasSubstr("longer than 253"));
  EXPECT_THAT(canonical("dns:" + label + "a.example"), HasSubstr("longer than 63"));
  EXPECT_THAT(canonical("dns:"), HasSubstr("empty"));
  EXPECT_THAT(canonical("dns:web.example."), HasSubstr("ends with a dot"));
  EXPECT_THAT(canonical("dns:.example"), HasSubstr("empty label"));
  EXPECT_THAT(canonical("dns:web..example"), HasSubstr("empty label"));
  EXPECT_THAT(canonical("dns:-web.example"), HasSubstr("hyphen"));
  EXPECT_THAT(canonical("dns:web-.example"), HasSubstr("hyphen"));
  for (const char* bad :
       {"dns:we_b.example", "dns:web example", "dns:web.example/", "dns:z\xc3\xbcrich.example"}) {
    EXPECT_THAT(canonical(bad), HasSubstr("letters, digits and hyphens")) << bad;
  }
  for (const char* bad : {"dns:*", "dns:*.", "dns:w*.example", "dns:*web.example", "dns:web.*.example",
                          "dns:**.example", "dns:*.*.example"}) {
    EXPECT_THAT(canonical(bad), HasSubstr("validation")) << bad;
  }
  for (const char* bad : {"dns:192.0.2.7", "dns:1.2", "dns:7", "dns:*.1"}) {
    EXPECT_THAT(canonical(bad), HasSubstr("number")) << bad;
  }
  EXPECT_EQ(canonical("dns:1.2.example"), "dns:1.2.example");
}

TEST(GeneralName, IpRules) {
  for (const char* bad : {"ip:", "ip:192.0.2", "ip:192.0.2.256", "ip:192.0.2.07", "ip:192.0.2.7/24",
                          "ip:2001:db8", "ip:fe80::1%eth0", "ip:[::1]", "ip: 192.0.2.7", "ip:0x7f000001"}) {
    EXPECT_THAT(canonical(bad), HasSubstr("no IPv4 or IPv6 address")) << bad;
  }
  EXPECT_THAT(canonical(std::string_view("ip:192.0.2.7\0x", 14)), HasSubstr("no IPv4 or IPv6 address"));
}

TEST(GeneralName, UriRules) {
  for (const char* good :
       {"https://web.example/", "spiffe://trust.example/ns/a?b=c#d", "https://user@web.example:8443/%41",
        "http://[2001:db8::1]/", "ldap://ldap.example/cn=x"}) {
    EXPECT_EQ(canonical(std::string("uri:") + good), std::string("uri:") + good);
  }
  for (const char* bad :
       {"", "web.example", "/path", "//web.example/", "https:", "https://", "https:///path", "file:///etc",
        "urn:isbn:1", "://web.example", "1ttp://web.example", "ht_tp://web.example", "https://?x",
        "https://:80/", "https://user@/", "http://[]/"}) {
    EXPECT_THAT(canonical(std::string("uri:") + bad), HasSubstr("validation: ")) << bad;
  }
  for (const char* bad :
       {"https://web.example/ ", "https://web.example/\n", "https://web.example/%4",
        "https://web.example/%zz", "https://web.example/<a>", "https://z\xc3\xbcrich.example/",
        "https://web.example/\"", "https://web.example/\\"}) {
    EXPECT_THAT(canonical(std::string("uri:") + bad), HasSubstr("RFC 3986 does not allow")) << bad;
  }
  const std::string longest = "https://web.example/" + std::string(2028, 'a');
  ASSERT_EQ(longest.size(), 2048U);
  EXPECT_EQ(canonical("uri:" + longest), "uri:" + longest);
  EXPECT_THAT(canonical("uri:" + longest + "a"), HasSubstr("longer than 2048"));
}

TEST(GeneralName, EmailRules) {
  for (const char* bad :
       {"", "ops", "@example.com", "ops@", "a@b@example.com", "o ps@example.com", "ops@*.example.com",
        "ops@192.0.2.7", "ops@example.com.", "\"ops\"@example.com", "z\xc3\xbcrich@example.com"}) {
    EXPECT_THAT(canonical(std::string("email:") + bad), HasSubstr("validation: ")) << bad;
  }
  EXPECT_EQ(canonical("email:" + std::string(64, 'a') + "@example.com").substr(0, 6), "email:");
  EXPECT_THAT(canonical("email:" + std::string(65, 'a') + "@example.com"), HasSubstr("1 to 64 octets"));
  EXPECT_THAT(canonical("email:a@" + std::string(250, 'a') + ".com"), HasSubstr("longer than 254"));
}

TEST(GeneralName, CheckWantsTheCanonicalForm) {
  EXPECT_EQ(outcome_of(check_general_name({GeneralNameType::dns, "web.example"})), "ok");
  EXPECT_THAT(outcome_of(check_general_name({GeneralNameType::dns, "Web.example"})), HasSubstr("lower case"));
  EXPECT_THAT(outcome_of(check_general_name({GeneralNameType::ip, "2001:DB8::1"})), HasSubstr("canonical"));
  EXPECT_EQ(outcome_of(check_general_name({GeneralNameType::uri, "http://crl.example/0.crl"})), "ok");
}

TEST(GeneralName, MessagesShowNoControlCharactersAndAreShort) {
  EXPECT_THAT(canonical("dns:web\r\nexample"), HasSubstr("\"dns:web??example\""));
  EXPECT_LT(canonical("dns:" + std::string(100000, 'a')).size(), 500U);
  EXPECT_LT(canonical(std::string(100000, 'a')).size(), 500U);
}

TEST(GeneralNames, DerIsReadBackInOrder) {
  const std::vector<GeneralName> names{{GeneralNameType::uri, "spiffe://example/web"},
                                       {GeneralNameType::dns, "web.example"},
                                       {GeneralNameType::ip, "192.0.2.7"},
                                       {GeneralNameType::ip, "2001:db8::7"},
                                       {GeneralNameType::email, "ops@example.com"}};
  const auto read = parse_general_names(general_names_to_der(names));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, names);
}

TEST(GeneralNames, DnsIsReadInLowerCase) {
  const auto read = parse_general_names(names_der({{dns, "WEB.Example"}}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->front().value, "web.example");
}

TEST(GeneralNames, RefusesMalformedSequences) {
  const auto outcome = [](const std::vector<Raw>& names) {
    return outcome_of(parse_general_names(names_der(names)));
  };
  EXPECT_THAT(outcome({}), HasSubstr("empty sequence"));
  EXPECT_THAT(outcome({{dns, "web.example"}, {dns, "web.example"}}),
              HasSubstr("names \"dns:web.example\" twice"));
  EXPECT_THAT(outcome({{dns, "web.example"}, {dns, "WEB.example"}}), HasSubstr("twice"));
  EXPECT_EQ(outcome({{dns, "a.example"}, {uri, "http://a.example"}}), "ok");
  EXPECT_THAT(outcome({{dns, std::string("web.example\0.evil", 17)}}), HasSubstr("NUL"));
  EXPECT_THAT(outcome({{email, std::string("a@b\0", 4)}}), HasSubstr("NUL"));
  EXPECT_THAT(outcome({{uri, std::string("http://a/\0", 10)}}), HasSubstr("NUL"));
  EXPECT_THAT(outcome({{ip, "12345"}}), HasSubstr("4 or 16 octets"));
  EXPECT_THAT(outcome({{ip, ""}}), HasSubstr("4 or 16 octets"));
  EXPECT_THAT(outcome({{ip, "12345678"}}), HasSubstr("4 or 16 octets"));  // address and mask
  for (const std::uint8_t other : {std::uint8_t{0xa0}, std::uint8_t{0xa3}, std::uint8_t{0xa4},
                                   std::uint8_t{0x88}, std::uint8_t{0xa2}, std::uint8_t{0x16}}) {
    EXPECT_THAT(outcome({{other, "x"}}), HasSubstr("neither DNS, email, URI nor IP")) << int{other};
  }
}

TEST(GeneralNames, CountsUpToTheLimit) {
  std::vector<Raw> names;
  for (int i = 0; i < 100; ++i) names.push_back({dns, "host-" + std::to_string(i) + ".example"});
  EXPECT_EQ(outcome_of(parse_general_names(names_der(names))), "ok");
  names.push_back({dns, "one-more.example"});
  EXPECT_THAT(outcome_of(parse_general_names(names_der(names))), HasSubstr("more than 100 names"));
  EXPECT_EQ(outcome_of(parse_general_names(names_der(names), 101)), "ok");
}

TEST(GeneralNames, RefusesTruncationsAndTrailingBytes) {
  Bytes der = names_der({{dns, "web.example"}, {ip, "1234"}});
  for (std::size_t size = 0; size < der.size(); ++size)
    EXPECT_FALSE(parse_general_names(ByteView(der).first(size)));
  der.push_back(0);
  EXPECT_FALSE(parse_general_names(der));
}

}  // namespace
}  // namespace chancery::x509
