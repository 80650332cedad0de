#include "ca/policy/placeholder.h"

#include <gtest/gtest.h>

#include "ca/policy/match.h"
#include "tests/unit/ca/policy/fixture.h"

namespace chancery::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using x509::GeneralNameType;

std::string filled(GeneralNameType type, const std::string& pattern, const std::string& identity) {
  return fill_in(type, pattern, Identity(identity)).value_or("(nothing)");
}

TEST(FillIn, PutsTheIdentityInLetterByLetter) {
  EXPECT_EQ(filled(GeneralNameType::dns, "{node}.nodes.internal", "web-01"), "web-01.nodes.internal");
  EXPECT_EQ(filled(GeneralNameType::dns, "*.{identity}.internal", "a"), "*.a.internal");
  EXPECT_EQ(filled(GeneralNameType::uri, "spiffe://a/n/{node}", "web-01"), "spiffe://a/n/web-01");
  EXPECT_EQ(filled(GeneralNameType::uri, "spiffe://a/{identity}/*", "A.b_c@d"), "spiffe://a/A.b_c@d/*");
  EXPECT_EQ(filled(GeneralNameType::email, "{identity}@ops.internal", "Alice.B"), "Alice.B@ops.internal");
  EXPECT_EQ(filled(GeneralNameType::dns, "fixed.internal", "b*d"), "fixed.internal");
}

TEST(FillIn, AnIdentityThatDoesNotFitOpensNothing) {
  const std::string long_label(64, 'a');
  for (const char* pattern : {"{node}.nodes.internal", "{identity}.nodes.internal"}) {
    for (const std::string& identity :
         {std::string(),      std::string("a.b"),      std::string("*"),       std::string("*.a"),
          std::string("a*"),  std::string("."),        std::string(".."),      std::string("a."),
          std::string(".a"),  std::string("-a"),       std::string("a-"),      std::string("a_b"),
          std::string("A"),   std::string("a@b"),      std::string("{node}"),  std::string("a\nb"),
          std::string("a b"), std::string("\xc3\xa9"), std::string("a\0b", 3), long_label}) {
      EXPECT_EQ(filled(GeneralNameType::dns, pattern, identity), "(nothing)") << identity;
    }
    EXPECT_NE(filled(GeneralNameType::dns, pattern, long_label.substr(1)), "(nothing)");
  }
  for (const std::string identity :
       {"", ".", "..", "*", "a/b", "a*", "%2e", "a?b", "a#b", "a\\b", "{node}"}) {
    EXPECT_EQ(filled(GeneralNameType::uri, "spiffe://a/{identity}", identity), "(nothing)") << identity;
  }
  EXPECT_EQ(filled(GeneralNameType::uri, "spiffe://a/{node}", "a.b"), "(nothing)");
  EXPECT_NE(filled(GeneralNameType::uri, "spiffe://a/{identity}", std::string(128, 'a')), "(nothing)");
  EXPECT_EQ(filled(GeneralNameType::uri, "spiffe://a/{identity}", std::string(129, 'a')), "(nothing)");
  for (const char* identity : {"", "*", "a@b", "a b", "*@evil"}) {
    EXPECT_EQ(filled(GeneralNameType::email, "{identity}@ops.internal", identity), "(nothing)") << identity;
  }
}

TEST(CheckPattern, TakesPlaceholdersThatAreAWholePart) {
  const std::pair<GeneralNameType, const char*> good[] = {
      {GeneralNameType::dns, "{node}.nodes.internal"},
      {GeneralNameType::dns, "{identity}.nodes"},
      {GeneralNameType::dns, "*.{node}.nodes.internal"},
      {GeneralNameType::dns, "**.{node}.nodes.internal"},
      {GeneralNameType::dns, "db.{node}.internal"},
      {GeneralNameType::uri, "spiffe://a.internal/{identity}"},
      {GeneralNameType::uri, "spiffe://a.internal/node/{node}/*"},
      {GeneralNameType::email, "{identity}@ops.internal"}};
  for (const auto& [type, pattern] : good) {
    const Result<void> ok = check_pattern(type, pattern);
    EXPECT_TRUE(ok) << pattern << ": " << (ok ? "" : ok.error().message);
    EXPECT_FALSE(check_denied_pattern(type, pattern)) << pattern;
  }
}

TEST(CheckPattern, RefusesHostileTemplates) {
  const std::pair<GeneralNameType, const char*> bad[] = {
      {GeneralNameType::dns, "{node}"},                      // the identity would choose the domain
      {GeneralNameType::dns, "{identity}"},                  //
      {GeneralNameType::dns, "*.{node}"},                    //
      {GeneralNameType::dns, "**.{identity}"},               //
      {GeneralNameType::dns, "{node}."},                     //
      {GeneralNameType::dns, "web-{node}.internal"},         // part of a label
      {GeneralNameType::dns, "{node}x.internal"},            //
      {GeneralNameType::dns, "*{node}.internal"},            //
      {GeneralNameType::dns, "{node}.{node}.internal"},      // twice
      {GeneralNameType::dns, "{node}.{identity}.internal"},  //
      {GeneralNameType::dns, "{{node}}.internal"},           //
      {GeneralNameType::dns, "{host}.internal"},             // unknown
      {GeneralNameType::dns, "{Node}.internal"},             //
      {GeneralNameType::dns, "{ node }.internal"},           //
      {GeneralNameType::dns, "{node.internal"},              //
      {GeneralNameType::dns, "node}.internal"},              //
      {GeneralNameType::dns, "{}.internal"},                 //
      {GeneralNameType::dns, "{node}.Internal"},             // not canonical
      {GeneralNameType::ip, "{node}/32"},                    //
      {GeneralNameType::ip, "10.0.0.0/{node}"},              //
      {GeneralNameType::email, "{identity}"},                //
      {GeneralNameType::email, "a@{node}.internal"},         //
      {GeneralNameType::email, "x{identity}@ops.internal"},  //
      {GeneralNameType::uri, "{identity}"},                  //
      {GeneralNameType::uri, "{node}://a/b"},                //
      {GeneralNameType::uri, "spiffe://{node}/x"},           //
      {GeneralNameType::uri, "spiffe://{node}.a/x"},         //
      {GeneralNameType::uri, "spiffe://a/{node}*"},          // "web" would reach "web-01"
      {GeneralNameType::uri, "spiffe://a/x-{node}"},         //
      {GeneralNameType::uri, "spiffe://a/{node}-x"},         //
      {GeneralNameType::uri, "spiffe://a/{node}/../*"}};
  for (const auto& [type, pattern] : bad) EXPECT_FALSE(check_pattern(type, pattern)) << pattern;
}

TEST(CoversIdentity, AStarStopsAtDotsAndAts) {
  const auto covers = [](const char* pattern, const char* identity) {
    return covers_identity(pattern, Identity(identity));
  };
  EXPECT_TRUE(covers("web-01", "web-01"));
  EXPECT_FALSE(covers("web-01", "Web-01"));
  EXPECT_FALSE(covers("web-01", "web-011"));
  EXPECT_TRUE(covers("web-*", "web-01"));
  EXPECT_FALSE(covers("web-*", "web-"));
  EXPECT_FALSE(covers("web-*", "web-01.evil"));
  EXPECT_FALSE(covers("web-*", "xweb-01"));
  EXPECT_TRUE(covers("*@ops.internal", "alice@ops.internal"));
  EXPECT_FALSE(covers("*@ops.internal", "@ops.internal"));
  EXPECT_FALSE(covers("*@ops.internal", "a@b@ops.internal"));
  EXPECT_FALSE(covers("*@ops.internal", "alice@ops.internal.evil"));
  EXPECT_TRUE(covers("a*z", "abz"));
  EXPECT_FALSE(covers("a*a", "a"));
  EXPECT_FALSE(covers("a*", "a b"));
  EXPECT_FALSE(covers("*", "*"));
}

TEST(CheckIdentityPattern, LimitsAndCharacters) {
  EXPECT_TRUE(check_identity_pattern("*"));
  EXPECT_TRUE(check_identity_pattern("A.b-c_d@*"));
  EXPECT_TRUE(check_identity_pattern(std::string(128, 'a')));
  for (const std::string& bad : {std::string(), std::string(129, 'a'), std::string("**"), std::string("a*b*"),
                                 std::string("{node}"), std::string("a b"), std::string("a/b")}) {
    EXPECT_FALSE(check_identity_pattern(bad)) << bad;
  }
}

std::shared_ptr<const Profile> templated() {
  return profile(with("\"*.one.internal\"", "\"{node}.one.internal\""));
}

std::vector<std::string> judged(const std::string& identity, const std::string& san) {
  Requester requester = operator_requester();
  requester.identity = Identity(identity);
  return failures(evaluate(*templated(), request({san}), requester));
}

TEST(Evaluate, ATemplateGivesEachIdentityItsOwnName) {
  EXPECT_THAT(judged("web-01", "dns:web-01.one.internal"), IsEmpty());
  EXPECT_THAT(judged("web-02", "dns:web-01.one.internal"),
              ElementsAre("dns.allowed dns:web-01.one.internal test.yaml:11:7"));
}

TEST(Evaluate, NoIdentityWidensATemplate) {
  for (const char* identity : {"*", "**", "a.b", "*.b", "{node}", "", "x.any", "."}) {
    for (const char* san : {"dns:a.b.one.internal", "dns:a.one.internal", "dns:b.one.internal"}) {
      EXPECT_FALSE(judged(identity, san).empty()) << identity << " " << san;
    }
  }
  const Decision decision =
      evaluate(*templated(), request({"dns:a.b.one.internal"}),
               {.identity = Identity("a.b"), .role = Role::operator_, .bound_names = std::nullopt});
  ASSERT_FALSE(decision.allowed);
  EXPECT_THAT(denial(*templated(), decision).message, HasSubstr("the identity 'a.b' cannot stand"));
}

}  // namespace
}  // namespace chancery::policy
