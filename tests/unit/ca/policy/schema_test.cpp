// Every key of the schema, wrong in every way its type can be.
#include "tests/unit/ca/policy/fixture.h"

namespace chancery::policy {
namespace {

using testing::HasSubstr;

// A profile with every key there is, one a line or brace.
constexpr const char* full_profile = R"(name: full
description: all there is
grants: none
requesters:
  roles: [none, operator]
  identities: ["web-*"]
quotas:
  per_identity: {count: 10, window: 1d}
  per_name: {count: 5, window: 1h}
grandfathered_until: 2027-03-01T00:00:00Z
lifetime: 90d
renew_after: 60d
backdate: 1h
keys:
  - {algorithm: RSA, min_bits: 3072}
names:
  max: 20
  wildcards: false
  dns: ["{node}.nodes.internal"]
  ip: [10.0.0.0/8]
  uri: ["spiffe://a.internal/node/{node}"]
  email: ["{identity}@ops.internal"]
  denied_dns: ["**.ops.internal"]
  denied_ip: [10.1.0.0/16]
  denied_uri: ["spiffe://a.internal/node/ca"]
  denied_email: ["root@ops.internal"]
extended_key_usage: [serverAuth]
subject: {country: CH, organization: Example, organizational_unit: Tests, common_name: true}
crl_distribution_points: ["http://ca.internal/crl"]
ca_issuers: ["http://ca.internal/ca.der"]
ocsp: ["http://ca.internal/ocsp"]
)";

enum class Kind { text, integer, boolean, duration, time, list, map, maps };

struct Key {
  const char* line;  // "key: value", as it stands in full_profile
  Kind kind;
};

const std::vector<Key>& keys() {
  static const std::vector<Key> list{
      {"name: full", Kind::text},
      {"description: all there is", Kind::text},
      {"grants: none", Kind::text},
      {"requesters:\n  roles: [none, operator]\n  identities: [\"web-*\"]", Kind::map},
      {"roles: [none, operator]", Kind::list},
      {"identities: [\"web-*\"]", Kind::list},
      {"per_identity: {count: 10, window: 1d}", Kind::map},
      {"per_name: {count: 5, window: 1h}", Kind::map},
      {"count: 10", Kind::integer},
      {"window: 1d", Kind::duration},
      {"count: 5", Kind::integer},
      {"window: 1h", Kind::duration},
      {"grandfathered_until: 2027-03-01T00:00:00Z", Kind::time},
      {"lifetime: 90d", Kind::duration},
      {"renew_after: 60d", Kind::duration},
      {"backdate: 1h", Kind::duration},
      {"keys:\n  - {algorithm: RSA, min_bits: 3072}", Kind::maps},
      {"algorithm: RSA", Kind::text},
      {"min_bits: 3072", Kind::integer},
      {"max: 20", Kind::integer},
      {"wildcards: false", Kind::boolean},
      {"dns: [\"{node}.nodes.internal\"]", Kind::list},
      {"ip: [10.0.0.0/8]", Kind::list},
      {"uri: [\"spiffe://a.internal/node/{node}\"]", Kind::list},
      {"email: [\"{identity}@ops.internal\"]", Kind::list},
      {"denied_dns: [\"**.ops.internal\"]", Kind::list},
      {"denied_ip: [10.1.0.0/16]", Kind::list},
      {"denied_uri: [\"spiffe://a.internal/node/ca\"]", Kind::list},
      {"denied_email: [\"root@ops.internal\"]", Kind::list},
      {"extended_key_usage: [serverAuth]", Kind::list},
      {"subject: {country: CH, organization: Example, organizational_unit: Tests, common_name: true}",
       Kind::map},
      {"country: CH", Kind::text},
      {"organization: Example", Kind::text},
      {"organizational_unit: Tests", Kind::text},
      {"common_name: true", Kind::boolean},
      {"crl_distribution_points: [\"http://ca.internal/crl\"]", Kind::list},
      {"ca_issuers: [\"http://ca.internal/ca.der\"]", Kind::list},
      {"ocsp: [\"http://ca.internal/ocsp\"]", Kind::list},
  };
  return list;
}

// Values that are wrong for the kind, whatever the key.
std::vector<std::string> wrong_values(Kind kind) {
  switch (kind) {
    case Kind::text:
      return {"[a]", "{a: b}", "", "\"a\\x07b\"", "!!str a", "&a b", "*a", std::string(1025, 'a')};
    case Kind::integer:
      return {"[1]", "{a: 1}", "", "\"1\"", "01", "0x10", "1_000", "1.5", "-1", "0", "9223372036854775808"};
    case Kind::boolean:
      return {"[true]", "{a: true}", "", "yes", "True", "1", "\"true\""};
    case Kind::duration:
      return {"[1d]", "{a: 1d}", "", "0d", "-1d", "1", "1y", "1.5d", "1d12h", "d", "36501d", "1 d"};
    case Kind::time:
      return {"[a]",
              "{a: b}",
              "",
              "never",
              "2027-03-01",
              "2027-02-29T00:00:00Z",
              "2027-03-01T00:00:00+01:00",
              "2027-03-01T24:00:00Z",
              "2027-03-01 00:00:00Z",
              "20270301T000000Z",
              "1793000000"};
    case Kind::list:
      return {"a", "{a: b}", "", "[[a]]", "[{a: b}]", "[\"\"]", "[~]", "[*a]"};
    case Kind::map:
      return {"a", "[a]", "", "{unknown: 1}", "{}"};
    case Kind::maps:
      return {"a", "[a]", "", "{a: b}", "[]", "[{}]", "[{unknown: 1}]"};
  }
  return {};
}

std::string changed(const std::string& from, const std::string& to) {
  std::string text = full_profile;
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("no '" + from + "' in the profile");
  return text.replace(at, from.size(), to);
}

std::string key_of(const std::string& line) {
  return line.substr(0, line.find(':'));
}

TEST(ProfileSchema, TheWholeProfileIsSound) {
  const Result<std::shared_ptr<const Profile>> result = parse_profile(full_profile, "full.yaml");
  ASSERT_TRUE(result) << result.error().message;
  const Profile& full = **result;
  EXPECT_THAT(full.requesters.roles, testing::ElementsAre(Role::none, Role::operator_));
  EXPECT_EQ(full.requesters.identities.at(0).location, "full.yaml:6:16");
  EXPECT_EQ(full.per_identity.value_or(Quota{}).count, 10);
  EXPECT_EQ(full.per_identity.value_or(Quota{}).window, Seconds(86400));
  EXPECT_EQ(full.per_name.value_or(Quota{}).location, "full.yaml:9:21");
  EXPECT_EQ(full.grandfathered_until, parse_rfc3339("2027-03-01T00:00:00Z"));
  EXPECT_EQ(full.grandfathered_location, "full.yaml:10:22");
  EXPECT_EQ(full.denied.size(), 4U);
}

TEST(ProfileSchema, EachKeyRefusesEveryWrongValueAtItsPlace) {
  for (const Key& key : keys()) {
    for (const std::string& value : wrong_values(key.kind)) {
      // An empty mapping is a profile's own subject; texts have no other rule than being text.
      if (value == "{}" && key_of(key.line) == "subject") continue;
      const std::string text = changed(key.line, key_of(key.line) + ": " + value);
      const auto result = parse_profile(text, "full.yaml");
      ASSERT_FALSE(result) << key.line << " as " << value;
      EXPECT_EQ(result.error().code, ErrorCode::validation);
      EXPECT_FALSE(result.error().details.empty()) << key.line << " as " << value;
      for (const ErrorDetail& detail : result.error().details) {
        EXPECT_THAT(detail.location, testing::StartsWith("full.yaml:")) << key.line << " as " << value;
        EXPECT_FALSE(detail.message.empty());
      }
    }
  }
}

TEST(ProfileSchema, EachKeyIsRefusedTwiceAndMisspelt) {
  for (const Key& key : keys()) {
    const std::string line = key.line;
    if (line.find('\n') != std::string::npos) continue;
    const std::size_t at = std::string(full_profile).find(line);
    const std::size_t start = std::string(full_profile).rfind('\n', at) + 1;
    const std::string indent(at - start, ' ');
    const bool alone = std::string(full_profile).substr(start, at - start) == indent;
    const auto twice =
        parse_profile(changed(line, line + (alone ? "\n" + indent : ", ") + line), "full.yaml");
    ASSERT_FALSE(twice) << line;
    EXPECT_THAT(twice.error().message, HasSubstr("'" + key_of(line) + "' stands here a second time"));
    const auto misspelt = parse_profile(changed(line, "x" + line), "full.yaml");
    ASSERT_FALSE(misspelt) << line;
    EXPECT_THAT(misspelt.error().message, HasSubstr("unknown key 'x" + key_of(line) + "'"));
  }
}

struct Edge {
  const char *from, *to;
  bool good;
};

TEST(ProfileSchema, LimitsHoldAtTheirEndsAndNotPastThem) {
  const Edge edges[] = {
      {"count: 10", "count: 1", true},
      {"count: 10", "count: 0", false},
      {"count: 10", "count: 10000", true},
      {"count: 10", "count: 10001", false},
      {"window: 1d", "window: 1s", true},
      {"window: 1d", "window: 398d", true},
      {"window: 1d", "window: 399d", false},
      {"max: 20", "max: 100", true},
      {"max: 20", "max: 101", false},
      {"lifetime: 90d", "lifetime: 398d", true},
      {"lifetime: 90d", "lifetime: 399d", false},
      {"min_bits: 3072", "min_bits: 2048", true},
      {"min_bits: 3072", "min_bits: 2047", false},
      {"min_bits: 3072", "min_bits: 16384", true},
      {"min_bits: 3072", "min_bits: 16385", false},
      {"roles: [none, operator]", "roles: [operator]", true},
      {"roles: [none, operator]", "roles: []", false},
      {"roles: [none, operator]", "roles: [operator, operator]", false},
      {"roles: [none, operator]", "roles: [admin]", false},
      {"identities: [\"web-*\"]", "identities: []", false},
      {"identities: [\"web-*\"]", "identities: [\"*-*\"]", false},
      {"grandfathered_until: 2027-03-01T00:00:00Z", "grandfathered_until: \"2027-03-01T00:00:00Z\"", true},
      {"grandfathered_until: 2027-03-01T00:00:00Z", "grandfathered_until: 1999-12-31T23:59:59Z", true},
      {"quotas:", "quotas: {}\nunused:", false},
      {"denied_ip: [10.1.0.0/16]", "denied_ip: [10.1.0.1/16]", false},
      {"denied_uri: [\"spiffe://a.internal/node/ca\"]", "denied_uri: [\"spiffe://a.internal/{node}\"]",
       false},
      {"denied_email: [\"root@ops.internal\"]", "denied_email: [root]", false},
  };
  for (const Edge& edge : edges) {
    const auto result = parse_profile(changed(edge.from, edge.to), "full.yaml");
    EXPECT_EQ(result.has_value(), edge.good)
        << edge.to << ": " << (result ? "accepted" : result.error().message);
  }
}

std::string many(const std::string& entry, int count) {
  std::string list = "[";
  for (int i = 0; i < count; ++i) list += (i == 0 ? "\"" : ", \"") + entry + std::to_string(i) + "\"";
  return list + "]";
}

TEST(ProfileSchema, ListsHoldAHundredEntries) {
  const std::pair<const char*, const char*> lists[] = {{"identities: [\"web-*\"]", "web-"},
                                                       {"denied_dns: [\"**.ops.internal\"]", "**.a"}};
  for (const auto& [line, entry] : lists) {
    const std::string key = key_of(line) + ": ";
    EXPECT_TRUE(parse_profile(changed(line, key + many(entry, 100)), "full.yaml")) << line;
    EXPECT_FALSE(parse_profile(changed(line, key + many(entry, 101)), "full.yaml")) << line;
  }
}

}  // namespace
}  // namespace chancery::policy
