#include "ca/x509/name_constraints.h"

#include <gmock/gmock.h>

#include "ca/x509/certificate.h"
#include "tests/support/outcome.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::x509 {
namespace {

using test::must;
using test::outcome_of;
using testing::ElementsAre;
using testing::HasSubstr;

NameConstraints constraints(const std::vector<std::string>& permitted,
                            const std::vector<std::string>& excluded) {
  NameConstraints result;
  for (const std::string& text : permitted) result.permitted.push_back(must(parse_name_subtree(text)));
  for (const std::string& text : excluded) result.excluded.push_back(must(parse_name_subtree(text)));
  return result;
}

bool allows(const NameConstraints& rules, const std::string& name) {
  const std::vector<GeneralName> names{must(parse_general_name(name))};
  return check_names(rules, names).has_value();
}

TEST(NameSubtree, TextIsBroughtToCanonicalForm) {
  for (const char* text :
       {"dns:", "dns:internal.example", "ip:10.0.0.0/8", "ip:0.0.0.0/0", "ip:::/0", "ip:fd00::/8",
        "ip:192.0.2.7/32", "email:a@example", "email:.example", "uri:host.example"})
    EXPECT_EQ(to_string(must(parse_name_subtree(text))), text);
  EXPECT_EQ(to_string(must(parse_name_subtree("dns:Internal.EXAMPLE"))), "dns:internal.example");
  EXPECT_EQ(to_string(must(parse_name_subtree("ip:FD00:0::/8"))), "ip:fd00::/8");
  EXPECT_EQ(to_string(must(parse_name_subtree("email:Who@Example"))), "email:Who@example");
}

TEST(NameSubtree, RefusesWhatIsNone) {
  for (const char* text :
       {"", "internal.example", "x:a", "dns:.internal.example", "dns:*.example", "dns:a..b", "dns:10.0.0.0",
        "ip:10.0.0.0", "ip:10.0.0.1/8", "ip:10.0.0.0/33", "ip:10.0.0.0/08", "ip:10.0.0.0/-1", "ip:10.0.0.0/",
        "ip:fd00::/129", "email:", "email:a@b@c", "uri:", "uri:http://a.example"})
    EXPECT_THAT(outcome_of(parse_name_subtree(text)), HasSubstr("not a usable name constraint")) << text;
}

TEST(NameConstraints, DerIsOpenssls) {
  const Certificate golden =
      must(Certificate::parse_pem(test::testdata("x509/certificates/constrained.pem")));
  ASSERT_TRUE(golden.fields().extensions.name_constraints);
  EXPECT_EQ(*golden.fields().extensions.name_constraints, constraints({"dns:example"}, {}));
  EXPECT_EQ(to_hex(name_constraints_to_der(constraints({"dns:example"}, {}))),
            "300da00b3009820765"
            "78616d706c65");
}

TEST(NameConstraints, WhatIsWrittenIsRead) {
  NameConstraints rules =
      constraints({"dns:internal.example", "ip:10.0.0.0/8", "email:.example", "uri:a.example"},
                  {"dns:secret.internal.example", "ip:10.9.0.0/16"});
  EXPECT_EQ(must(parse_name_constraints(name_constraints_to_der(rules))), rules);
  exclude_unused_types(rules);
  EXPECT_EQ(rules.excluded.back(), (NameSubtree{GeneralNameType::ip, "::/0"}));
  EXPECT_EQ(must(parse_name_constraints(name_constraints_to_der(rules))), rules);
}

TEST(NameConstraints, UnusedTypesAreExcludedAsAWhole) {
  NameConstraints rules = constraints({"dns:internal.example"}, {});
  EXPECT_THAT(unconstrained_types(rules), ElementsAre("IPv4 addresses", "IPv6 addresses"));
  exclude_unused_types(rules);
  EXPECT_THAT(unconstrained_types(rules), ElementsAre());
  EXPECT_EQ(rules, constraints({"dns:internal.example"}, {"ip:0.0.0.0/0", "ip:::/0"}));
  // The forms of BR 7.1.2.10.8: eight and thirty-two zero octets; and a dNSName of no octets.
  EXPECT_EQ(to_hex(name_constraints_to_der(constraints({}, {"dns:", "ip:0.0.0.0/0", "ip:::/0"}))),
            "3036a13430028200300a8708" + std::string(16, '0') + "30228720" + std::string(64, '0'));
}

TEST(NameConstraints, DerThatIsRefused) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "not DER"},
      {"3000", "empty"},
      {"3002a000", "an empty list"},
      {"3002a100", "an empty list"},
      {"3008a0063004820161"
       "00",
       "minimum or a maximum"},
      {"300aa0083006820161800100", "minimum or a maximum"},  // minimum 0 written out
      {"300aa0083006820161800101", "minimum or a maximum"},
      {"300aa0083006820161810101", "minimum or a maximum"},
      {"300ea00c300a87080a000001ff000000", "zero bits"},
      {"300ea00c300a87080a000000ff00ff00", "holes"},
      {"300aa008300687040a000000", "8 or 32 octets"},
      {"3008a00630048202"
       "2e61",
       "not a usable"},
      {"300ea1053003820161a0053003820162", "not DER"}};  // excluded before permitted
  for (const auto& [hex, complaint] : rows)
    EXPECT_THAT(outcome_of(parse_name_constraints(*parse_hex(hex))), HasSubstr(complaint)) << hex;
}

TEST(NameConstraints, TheNumberOfSubtreesIsLimited) {
  NameConstraints rules;
  rules.permitted.assign(subtree_limit, {GeneralNameType::dns, "a.example"});
  EXPECT_EQ(outcome_of(parse_name_constraints(name_constraints_to_der(rules))), "ok");
  rules.permitted.push_back({GeneralNameType::dns, "a.example"});
  EXPECT_THAT(outcome_of(parse_name_constraints(name_constraints_to_der(rules))), HasSubstr("more than 256"));
}

TEST(NameConstraints, OtherFormsRefuseEverything) {
  const NameConstraints rules = must(parse_name_constraints(*parse_hex("3008a0063004a4023000")));
  EXPECT_TRUE(rules.other_forms);
  EXPECT_FALSE(allows(rules, "dns:a.example"));
  EXPECT_FALSE(check_names(rules, {}));
}

TEST(NameConstraints, DnsNames) {
  const NameConstraints rules = constraints({"dns:internal.example"}, {"dns:secret.internal.example"});
  for (const char* name : {"dns:internal.example", "dns:a.internal.example", "dns:a.b.internal.example",
                           "dns:*.a.internal.example", "ip:10.0.0.1"})
    EXPECT_TRUE(allows(rules, name)) << name;
  for (const char* name : {"dns:example", "dns:xinternal.example", "dns:secret.internal.example",
                           "dns:a.secret.internal.example", "dns:*.secret.internal.example", "dns:*.example",
                           "dns:internal.example.org"})
    EXPECT_FALSE(allows(rules, name)) << name;
  EXPECT_FALSE(allows(rules, "dns:*.internal.example")) << "it stands for the excluded name too";
  EXPECT_TRUE(allows(constraints({}, {"dns:a.b.internal.example"}), "dns:*.internal.example"));
  EXPECT_FALSE(allows(constraints({}, {"dns:"}), "dns:a.example"));
}

TEST(NameConstraints, Addresses) {
  const NameConstraints rules = constraints({"ip:10.0.0.0/8", "ip:fd00::/8"}, {"ip:10.1.2.0/24"});
  for (const char* name : {"ip:10.0.0.0", "ip:10.255.255.255", "ip:fd00::1", "dns:a.example", "ip:10.1.3.0"})
    EXPECT_TRUE(allows(rules, name)) << name;
  for (const char* name : {"ip:11.0.0.0", "ip:9.255.255.255", "ip:fe00::1", "ip:10.1.2.3"})
    EXPECT_FALSE(allows(rules, name)) << name;
  EXPECT_FALSE(allows(constraints({"ip:10.0.0.0/8"}, {}), "ip:fd00::1")) << "one type: iPAddress";
  EXPECT_FALSE(allows(constraints({}, {"ip:0.0.0.0/0"}), "ip:10.0.0.1"));
  EXPECT_TRUE(allows(constraints({}, {"ip:0.0.0.0/0"}), "ip:fd00::1"));
}

TEST(NameConstraints, MailboxesAndUris) {
  EXPECT_TRUE(allows(constraints({"email:host.example"}, {}), "email:a@HOST.example"));
  EXPECT_FALSE(allows(constraints({"email:host.example"}, {}), "email:a@b.host.example"));
  EXPECT_TRUE(allows(constraints({"email:.example"}, {}), "email:a@host.example"));
  EXPECT_FALSE(allows(constraints({"email:.example"}, {}), "email:a@example"));
  EXPECT_TRUE(allows(constraints({"email:a@host.example"}, {}), "email:a@host.example"));
  EXPECT_FALSE(allows(constraints({"email:a@host.example"}, {}), "email:A@host.example"));
  EXPECT_TRUE(allows(constraints({"uri:host.example"}, {}), "uri:spiffe://Host.example/web"));
  EXPECT_FALSE(allows(constraints({"uri:host.example"}, {}), "uri:https://a.host.example/"));
  EXPECT_TRUE(allows(constraints({"uri:.example"}, {}), "uri:https://u@host.example:443/x"));
  EXPECT_FALSE(allows(constraints({"uri:.example"}, {}), "uri:https://10.0.0.1/"));
  EXPECT_FALSE(allows(constraints({}, {"uri:.example"}), "uri:https://10.0.0.1/"))
      << "cannot be shown to be outside";
}

TEST(NameConstraints, ARefusalNamesTheNameAndTheSubtree) {
  const std::vector<GeneralName> names{must(parse_general_name("dns:evil.example"))};
  EXPECT_EQ(outcome_of(check_names(constraints({}, {"dns:evil.example"}), names)),
            "validation: the name dns:evil.example is in the excluded subtree dns:evil.example (RFC 5280 "
            "4.2.1.10)");
  EXPECT_EQ(outcome_of(check_names(constraints({"dns:good.example"}, {}), names)),
            "validation: the name dns:evil.example is in no permitted subtree (RFC 5280 4.2.1.10)");
}

}  // namespace
}  // namespace chancery::x509
