// Every rule of a policy as REST refuses by it: 403 (429 for quotas), with the rule, the place in the
// profile's file and the value; at its limit it holds, one past it does not; and a refusal leaves nothing
// behind.
#include "tests/unit/api/rest/rest_fixture.h"

namespace chancery::rest {
namespace {

constexpr const char* wide_yaml = R"(name: wide
lifetime: 90d
renew_after: 60d
keys: [{algorithm: P-256}]
extended_key_usage: [clientAuth]
names:
  max: 3
  dns: ["*.svc.test", "{node}.nodes.test"]
  ip: ["10.0.0.0/8"]
  uri: ["spiffe://a.test/*"]
  email: ["*@ops.test"]
  denied_dns: ["secret.svc.test"]
  denied_ip: ["10.1.0.0/16"]
  denied_uri: ["spiffe://a.test/admin/*"]
  denied_email: ["root@ops.test"]
requesters:
  identities: ["w", "web-01", "n1"]
quotas:
  per_identity: {count: 2, window: 1h}
  per_name: {count: 1, window: 1h}
)";

class PolicyRulesTest : public RestTest {
 protected:
  PolicyRulesTest() {
    std::vector<std::shared_ptr<const policy::Profile>> profiles = test::caller_profiles()->all();
    profiles.push_back(test::must(policy::parse_profile(wide_yaml, "wide.yaml")));
    std::string for_hosts = test::service_yaml;
    for_hosts.replace(for_hosts.find("service"), 7, "hosts");
    profiles.push_back(
        test::must(policy::parse_profile(for_hosts + "requesters: {roles: [none]}\n", "hosts.yaml")));
    authority->replace_profiles(std::make_shared<const policy::ProfileSet>(std::move(profiles)));
  }

  Answer enroll(const json& names, const std::string& identity = "w") {
    return post("/v1/enrollments", {{"identity", identity}, {"profile", "wide"}, {"names", names}}, alice);
  }
  Answer issue(const std::string& pem, const std::string& identity = "w") {
    return post("/v1/certificates", {{"csr", pem}, {"profile", "wide"}, {"identity", identity}}, alice);
  }

  // The detail of this rule: its place is in the profile's file, its value in the answer.
  void expect_rule(const Answer& answer, const std::string& rule, const std::string& value) {
    EXPECT_EQ(answer.status, rule.starts_with("quota.") ? 429 : 403) << answer.body;
    for (const json& detail : answer.body["error"]["details"]) {
      if (detail["rule"] != rule) continue;
      EXPECT_EQ(detail["location"].get<std::string>().rfind("wide.yaml:", 0), 0U) << detail;
      EXPECT_NE(detail["value"].get<std::string>().find(value), std::string::npos) << detail;
      EXPECT_NE(answer.message().find(rule), std::string::npos) << answer.message();
      return;
    }
    ADD_FAILURE() << "no detail of " << rule << " in " << answer.body;
  }

  Credentials alice = as_operator();
};

struct NameRow {
  const char *name, *rule;  // "" = taken
};

TEST_F(PolicyRulesTest, NamesOfEveryType) {
  for (const auto& [name, rule] : std::vector<NameRow>{{"dns:a.svc.test", ""},
                                                       {"dns:a.other.test", "dns.allowed"},
                                                       {"dns:secret.svc.test", "dns.denied"},
                                                       {"dns:*.svc.test", "dns.wildcard"},
                                                       {"ip:10.255.255.255", ""},
                                                       {"ip:11.0.0.0", "ip.allowed"},
                                                       {"ip:10.0.255.255", ""},
                                                       {"ip:10.1.0.0", "ip.denied"},
                                                       {"ip:10.1.255.255", "ip.denied"},
                                                       {"ip:10.2.0.0", ""},
                                                       {"uri:spiffe://a.test/web", ""},
                                                       {"uri:spiffe://b.test/web", "uri.allowed"},
                                                       {"uri:spiffe://a.test/admin/x", "uri.denied"},
                                                       {"email:alice@ops.test", ""},
                                                       {"email:alice@other.test", "email.allowed"},
                                                       {"email:root@ops.test", "email.denied"}}) {
    SCOPED_TRACE(name);
    const std::size_t before = audit_entries();
    const Answer answer = enroll({name});
    if (*rule == '\0') {
      EXPECT_EQ(answer.status, 201) << answer.body;
      continue;
    }
    const std::string text(name);
    expect_rule(answer, rule, text.substr(text.find(':') + 1));
    EXPECT_EQ(audit_entries(), before);
  }
}

TEST_F(PolicyRulesTest, NamesOfTheIdentity) {
  EXPECT_EQ(enroll({"dns:n1.nodes.test"}, "n1").status, 201);
  expect_rule(enroll({"dns:n1.nodes.test"}, "w"), "dns.allowed", "n1.nodes.test");
}

TEST_F(PolicyRulesTest, AllFaultsAreToldAtOnce) {
  const Answer answer = enroll({"dns:a.other.test", "ip:11.0.0.0", "email:root@ops.test"});
  EXPECT_EQ(answer.rules(), (std::vector<std::string>{"dns.allowed", "ip.allowed", "email.denied"}))
      << answer.body;
}

TEST_F(PolicyRulesTest, NamesAreAsManyAsTheProfileAllows) {
  const auto request = [](const std::vector<std::string>& names) {
    return test::make_request_pem(test::make_key(), names);
  };
  expect_rule(issue(request({"a.svc.test", "b.svc.test", "c.svc.test", "d.svc.test"})), "names.max", "4");
  EXPECT_EQ(issue(request({"a.svc.test", "b.svc.test", "c.svc.test"})).status, 201);
}

TEST_F(PolicyRulesTest, ARequestWithoutNamesGetsThoseOfItsToken) {
  const std::string empty = test::make_request_pem(test::make_key(), {});
  const Answer nameless = issue(empty);
  EXPECT_EQ(nameless.status, 403) << nameless.body;
  EXPECT_EQ(nameless.rules(), std::vector<std::string>{"names.present"}) << nameless.body;
  const Credentials with_token{.token = token("w", "wide", {"a.svc.test"}), .certificate = ""};
  const Answer other = post("/v1/certificates", {{"csr", csr("b.svc.test")}}, with_token);
  EXPECT_EQ(other.rules(), std::vector<std::string>{"names.bound"}) << other.body;
  EXPECT_EQ(post("/v1/certificates", {{"csr", empty}}, with_token).body["data"]["names"],
            json::array({"dns:a.svc.test"}));
}

TEST_F(PolicyRulesTest, TheCommonNameIsOneOfTheNames) {
  const crypto::PrivateKey key = test::make_key();
  const Answer other = issue(test::make_request_pem(key, {"a.svc.test"}, "b.svc.test"));
  EXPECT_EQ(other.rules(), std::vector<std::string>{"subject.common_name"})
      << other.body;  // of every profile
  EXPECT_EQ(issue(test::make_request_pem(key, {"a.svc.test"}, "a.svc.test")).status, 201);
}

TEST_F(PolicyRulesTest, WhoMayAsk) {
  expect_rule(enroll({"dns:a.svc.test"}, "stranger"), "requester.identity", "stranger");
  expect_rule(issue(csr("a.svc.test"), "stranger"), "requester.identity", "stranger");
  EXPECT_EQ(issue(csr("a.svc.test"), "web-01").status, 201);
}

TEST_F(PolicyRulesTest, InWhichRole) {
  const Answer refused =
      post("/v1/certificates", {{"csr", csr("a.svc.test")}, {"profile", "hosts"}, {"identity", "w"}}, alice);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.rules(), std::vector<std::string>{"requester.role"}) << refused.body;
  EXPECT_EQ(refused.body["error"]["details"][0]["location"].get<std::string>().rfind("hosts.yaml:7:", 0), 0U)
      << refused.body;
  const Credentials with_token{.token = token("w", "hosts", {"a.svc.test"}), .certificate = ""};
  EXPECT_EQ(post("/v1/certificates", {{"csr", csr("a.svc.test")}}, with_token).status, 201);
}

TEST_F(PolicyRulesTest, QuotasOfTheIdentityAndOfTheName) {
  EXPECT_EQ(issue(csr("a.svc.test")).status, 201);
  const std::size_t before = audit_entries();
  const Answer name = issue(csr("a.svc.test"), "web-01");
  expect_rule(name, "quota.per_name", "a.svc.test");
  EXPECT_EQ(audit_entries(), before);
  clock.advance(Seconds(60));
  EXPECT_EQ(issue(csr("b.svc.test")).status, 201) << "the second of the identity";
  const Answer identity = issue(csr("c.svc.test"));
  expect_rule(identity, "quota.per_identity", "w");
  EXPECT_EQ(identity.error_type(), "RateLimited");
  const auto& headers = identity.response.headers;
  EXPECT_NE(
      std::find(headers.begin(), headers.end(), std::pair<std::string, std::string>("Retry-After", "3540")),
      headers.end())
      << identity.body;
  clock.advance(Seconds(3539));
  EXPECT_EQ(issue(csr("c.svc.test")).status, 429);
  clock.advance(Seconds(1));
  EXPECT_EQ(issue(csr("c.svc.test")).status, 201);
}

}  // namespace
}  // namespace chancery::rest
