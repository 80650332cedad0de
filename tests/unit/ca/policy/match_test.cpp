#include "ca/policy/match.h"

#include <gtest/gtest.h>

#include "ca/policy/cidr.h"

namespace chancery::policy {
namespace {

using x509::GeneralNameType;

struct Row {
  const char *pattern, *name;
  bool covered;
};

void expect_rows(GeneralNameType type, std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(covers(row.pattern, {type, row.name}), row.covered) << row.pattern << " and " << row.name;
  }
}

TEST(Covers, DnsByLabels) {
  expect_rows(GeneralNameType::dns, {{"a.internal", "a.internal", true},
                                     {"a.internal", "b.a.internal", false},
                                     {"a.internal", "xa.internal", false},
                                     {"*.internal", "a.internal", true},
                                     {"*.internal", "b.a.internal", false},
                                     {"*.internal", "internal", false},
                                     {"*.internal", ".internal", false},
                                     {"*.internal", "ainternal", false},
                                     {"*.internal", "a.internal.evil", false},
                                     {"**.internal", "a.internal", true},
                                     {"**.internal", "c.b.a.internal", true},
                                     {"**.internal", "internal", false},
                                     {"**.internal", "evilinternal", false},
                                     {"**.b.internal", "b.internal", false},
                                     {"**.b.internal", "xb.internal", false}});
}

TEST(Covers, WildcardNamesOnlyWhenEveryNameTheyStandForIs) {
  expect_rows(GeneralNameType::dns, {{"*.internal", "*.internal", true},
                                     {"*.internal", "*.a.internal", false},
                                     {"**.internal", "*.a.internal", true},
                                     {"**.internal", "*.internal", true},
                                     {"a.internal", "*.internal", false},
                                     {"**.a.internal", "*.internal", false}});
}

TEST(Covers, EmailByMailboxAndDomain) {
  expect_rows(GeneralNameType::email, {{"a@x.internal", "a@x.internal", true},
                                       {"a@x.internal", "a@X.Internal", true},
                                       {"a@x.internal", "A@x.internal", false},
                                       {"a@x.internal", "b@x.internal", false},
                                       {"*@x.internal", "anyone@x.internal", true},
                                       {"*@x.internal", "anyone@y.x.internal", false},
                                       {"*@x.internal", "anyone@x.internal.evil", false},
                                       {"*@x.internal", "a@evil@x.internal", true},  // the last @ decides
                                       {"*@x.internal", "@x.internal", false},
                                       {"*@x.internal", "x.internal", false}});
}

TEST(Covers, UriByPrefixWithoutAmbiguousPaths) {
  expect_rows(GeneralNameType::uri, {{"spiffe://a/x", "spiffe://a/x", true},
                                     {"spiffe://a/x", "spiffe://a/x/y", false},
                                     {"spiffe://a/x/*", "spiffe://a/x/y", true},
                                     {"spiffe://a/x/*", "spiffe://a/x/y/z", true},
                                     {"spiffe://a/x/*", "spiffe://a/y", false},
                                     {"spiffe://a/x/*", "spiffe://a/x/../y", false},
                                     {"spiffe://a/x/*", "spiffe://a/x/./y", false},
                                     {"spiffe://a/x/*", "spiffe://a/x/..", false},
                                     {"spiffe://a/x/*", "spiffe://a/x/.", false},
                                     {"spiffe://a/x/*", "spiffe://a/x/%2e%2e/y", false},
                                     {"spiffe://a/x/*", "spiffe://a/x/..\\y", false}});
}

TEST(Covers, IpByRangeAndFamily) {
  expect_rows(GeneralNameType::ip, {{"10.0.0.0/8", "10.255.255.255", true},
                                    {"10.0.0.0/8", "11.0.0.0", false},
                                    {"10.0.0.0/8", "9.255.255.255", false},
                                    {"172.16.0.0/12", "172.31.255.255", true},
                                    {"172.16.0.0/12", "172.32.0.0", false},
                                    {"192.168.1.7/32", "192.168.1.7", true},
                                    {"192.168.1.7/32", "192.168.1.6", false},
                                    {"0.0.0.0/0", "8.8.8.8", true},
                                    {"0.0.0.0/0", "::1", false},
                                    {"::/0", "8.8.8.8", false},
                                    {"fd00::/8", "fdff::1", true},
                                    {"fd00::/8", "fe00::1", false},
                                    {"fd00::/9", "fd80::1", false},
                                    {"::1/128", "::1", true},
                                    {"10.0.0.0/8", "::ffff:10.0.0.1", false},
                                    {"10.0.0.0/8", "nonsense", false}});
}

TEST(Cidr, RefusesWhatIsNotARange) {
  for (const char* text :
       {"", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8 ",
        "10.0.0.1/8", "10.0.0/8", "010.0.0.0/8", "::1/129", "::1/127", "fd00::/08", "fe80::1%lo/64",
        "10.0.0.0/8/8", "a/8", "1111:2222:3333:4444:5555:6666:7777:8888:9999/64"}) {
    EXPECT_FALSE(Cidr::parse(text).has_value()) << text;
  }
}

TEST(Touches, ADeniedNameIsReachedThroughAWildcardToo) {
  const auto dns = [](const char* value) { return x509::GeneralName{GeneralNameType::dns, value}; };
  EXPECT_TRUE(touches("secret.internal", dns("secret.internal")));
  EXPECT_TRUE(touches("secret.internal", dns("*.internal")));
  EXPECT_TRUE(touches("*.internal", dns("*.internal")));
  EXPECT_TRUE(touches("**.internal", dns("*.a.internal")));
  EXPECT_FALSE(touches("secret.a.internal", dns("*.internal")));
  EXPECT_FALSE(touches("secret.internal", dns("other.internal")));
  EXPECT_FALSE(touches("*.a.internal", dns("*.internal")));
}

TEST(CheckPattern, TakesTheDocumentedForms) {
  const std::pair<GeneralNameType, const char*> good[] = {{GeneralNameType::dns, "localhost"},
                                                          {GeneralNameType::dns, "a.b.internal"},
                                                          {GeneralNameType::dns, "*.internal"},
                                                          {GeneralNameType::dns, "**.a.internal"},
                                                          {GeneralNameType::ip, "10.0.0.0/8"},
                                                          {GeneralNameType::ip, "::1/128"},
                                                          {GeneralNameType::email, "a@x.internal"},
                                                          {GeneralNameType::email, "*@x.internal"},
                                                          {GeneralNameType::uri, "spiffe://a.internal/x"},
                                                          {GeneralNameType::uri, "spiffe://a.internal/*"}};
  for (const auto& [type, pattern] : good) {
    const Result<void> ok = check_pattern(type, pattern);
    EXPECT_TRUE(ok) << pattern << ": " << (ok ? "" : ok.error().message);
  }
}

TEST(CheckPattern, RefusesPatternsThatAreWiderThanTheyLook) {
  const std::pair<GeneralNameType, const char*> bad[] = {{GeneralNameType::dns, "*"},
                                                         {GeneralNameType::dns, "**"},
                                                         {GeneralNameType::dns, "**."},
                                                         {GeneralNameType::dns, "a*.internal"},
                                                         {GeneralNameType::dns, "a.*.internal"},
                                                         {GeneralNameType::dns, "*.*.internal"},
                                                         {GeneralNameType::dns, "***.internal"},
                                                         {GeneralNameType::dns, "A.internal"},
                                                         {GeneralNameType::dns, "a.internal."},
                                                         {GeneralNameType::dns, "a_b.internal"},
                                                         {GeneralNameType::dns, "*..internal"},
                                                         {GeneralNameType::dns, "10.0.0.1"},
                                                         {GeneralNameType::ip, "10.0.0.1"},
                                                         {GeneralNameType::ip, "10.0.0.1/8"},
                                                         {GeneralNameType::ip, "*"},
                                                         {GeneralNameType::email, "*"},
                                                         {GeneralNameType::email, "ops-*@x.internal"},
                                                         {GeneralNameType::email, "*@*"},
                                                         {GeneralNameType::email, "*@"},
                                                         {GeneralNameType::uri, "*"},
                                                         {GeneralNameType::uri, "https://a*"},
                                                         {GeneralNameType::uri, "https://a.internal*"},
                                                         {GeneralNameType::uri, "https://*/"},
                                                         {GeneralNameType::uri, "spiffe://a.internal/*/x"},
                                                         {GeneralNameType::uri, "spiffe://a.internal/../*"},
                                                         {GeneralNameType::uri, "/x/*"}};
  for (const auto& [type, pattern] : bad) EXPECT_FALSE(check_pattern(type, pattern)) << pattern;
}

}  // namespace
}  // namespace chancery::policy
