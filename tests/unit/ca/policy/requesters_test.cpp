// Who may ask, what is denied, what may go on until a date, what is counted.
#include <algorithm>
#include <random>

#include "ca/policy/match.h"
#include "ca/policy/quotas.h"
#include "tests/unit/ca/policy/fixture.h"

namespace chancery::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const TimePoint day_before = from_unix(1790000000), until = from_unix(1790086400);

std::shared_ptr<const Profile> plus(const std::string& more) {
  return profile(std::string(good_profile) + more);
}

Requester as(const std::string& identity, Role role) {
  return {.identity = Identity(identity), .role = role, .bound_names = names({"dns:a.one.internal"})};
}

std::vector<std::string> failures_of(const Profile& rules, const Requester& requester) {
  return failures(evaluate(rules, request({"dns:a.one.internal"}), requester));
}

TEST(Evaluate, TheRoleIsOneOfTheRequesters) {
  const auto rules = plus("requesters: {roles: [operator]}\n");
  EXPECT_THAT(failures_of(*rules, as("a", Role::operator_)), IsEmpty());
  EXPECT_THAT(failures_of(*rules, as("a", Role::none)), ElementsAre("requester.role none test.yaml:19:21"));
}

TEST(Evaluate, TheIdentityIsOneOfTheRequesters) {
  const auto rules = plus("requesters:\n  identities: [\"web-*\", db.zrh]\n");
  EXPECT_THAT(failures_of(*rules, as("web-01", Role::none)), IsEmpty());
  EXPECT_THAT(failures_of(*rules, as("db.zrh", Role::operator_)), IsEmpty());
  EXPECT_THAT(failures_of(*rules, as("db.gva", Role::operator_)),
              ElementsAre("requester.identity db.gva test.yaml:20:16"));
}

TEST(Evaluate, DenialsReachEveryTypeOfName) {
  const auto rules = profile(with("  denied_dns",
                                  "  denied_ip: [10.1.0.0/16]\n"
                                  "  denied_uri: [\"spiffe://a.internal/service/ca/*\"]\n"
                                  "  denied_email: [\"root@ops.internal\"]\n  denied_dns"));
  EXPECT_THAT(failures(evaluate(*rules,
                                request({"ip:10.1.2.3", "ip:10.2.0.1", "uri:spiffe://a.internal/service/ca/x",
                                         "uri:spiffe://a.internal/service/b", "email:Root@ops.internal",
                                         "email:a@ops.internal"}),
                                operator_requester())),
              ElementsAre("ip.denied ip:10.1.2.3 test.yaml:17:15",
                          "uri.denied uri:spiffe://a.internal/service/ca/x test.yaml:18:16",
                          "email.denied email:Root@ops.internal test.yaml:19:18"));
}

TEST(Touches, HoweverTheNameIsSpelled) {
  using x509::GeneralNameType;
  EXPECT_TRUE(touches("10.0.0.0/8", {GeneralNameType::ip, "::ffff:10.0.0.1"}));
  EXPECT_FALSE(touches("10.0.0.0/8", {GeneralNameType::ip, "::ffff:11.0.0.1"}));
  EXPECT_FALSE(touches("10.0.0.0/8", {GeneralNameType::ip, "fd00::1"}));
  EXPECT_TRUE(touches("spiffe://a/admin/*", {GeneralNameType::uri, "SPIFFE://A/Admin/../admin/%2e"}));
  EXPECT_TRUE(touches("spiffe://a/admin", {GeneralNameType::uri, "spiffe://A/admin"}));
  EXPECT_FALSE(touches("spiffe://a/admin", {GeneralNameType::uri, "spiffe://a/administrator"}));
  EXPECT_TRUE(touches("*@x.internal", {GeneralNameType::email, "A@X.internal"}));
  EXPECT_FALSE(touches("*@x.internal", {GeneralNameType::email, "a@y.x.internal"}));
}

// Bug 1619047, over all types and any mix: a request is allowed when each of its names would be alone.
TEST(Evaluate, ARequestIsAllowedExactlyWhenEachOfItsNamesIs) {
  const auto rules = profile(with("  denied_dns", "  denied_ip: [10.1.0.0/16]\n  denied_dns"));
  const std::vector<std::string> pool{"dns:a.one.internal",
                                      "dns:b.one.internal",
                                      "dns:exact.internal",
                                      "dns:x.any.internal",
                                      "dns:secret.any.internal",
                                      "dns:evil.test",
                                      "dns:*.one.internal",
                                      "ip:10.2.3.4",
                                      "ip:10.1.0.1",
                                      "ip:192.0.2.1",
                                      "ip:fd00::1",
                                      "email:a@ops.internal",
                                      "email:a@x.internal",
                                      "uri:urn:x",
                                      "uri:spiffe://a.internal/service/x",
                                      "uri:spiffe://b.internal/x",
                                      "dns:deep.any.internal"};
  std::mt19937 random(20200229);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> sans = pool;
    std::shuffle(sans.begin(), sans.end(), random);
    sans.resize(1 + random() % pool.size());
    std::erase(sans, "uri:urn:x");  // not a name that a request can hold
    if (sans.empty()) continue;
    std::vector<std::string> refused_alone;
    for (const std::string& san : sans) {
      if (!evaluate(*rules, request({san}), operator_requester()).allowed) refused_alone.push_back(san);
    }
    const Decision decision = evaluate(*rules, request(sans), operator_requester());
    EXPECT_EQ(decision.allowed, refused_alone.empty());
    std::vector<std::string> refused, judged;
    for (const Reason& reason : decision.reasons) {
      if (reason.rule.ends_with(".allowed")) judged.push_back(reason.value);
      const bool seen = std::find(refused.begin(), refused.end(), reason.value) != refused.end();
      if (!reason.passed && !seen) refused.push_back(reason.value);
    }
    EXPECT_EQ(judged, sans);
    EXPECT_EQ(refused, refused_alone);
  }
}

Renewal renewal_at(TimePoint now) {
  return {.now = now, .key = {}};
}

std::shared_ptr<const Profile> tightened() {
  return profile(with("\"*.one.internal\"", "\"*.two.internal\"") +
                 "grandfathered_until: " + to_rfc3339(until) + "\n");
}

TEST(Grandfathering, ARenewalMayGoOnUntilTheDate) {
  const auto csr = request({"dns:a.one.internal"});
  const Requester requester = bound_to({"dns:a.one.internal"});
  const Decision before = evaluate(*tightened(), csr, requester, renewal_at(until - Seconds(1)));
  EXPECT_TRUE(before.allowed);
  const auto softened = std::find_if(before.reasons.begin(), before.reasons.end(),
                                     [](const Reason& reason) { return reason.grandfathered; });
  ASSERT_NE(softened, before.reasons.end());
  EXPECT_EQ(softened->rule, "dns.allowed");
  EXPECT_EQ(softened->value, "dns:a.one.internal");
  EXPECT_THAT(softened->message, HasSubstr(to_rfc3339(until) + " (test.yaml:19:22)"));

  const Decision at_the_date = evaluate(*tightened(), csr, requester, renewal_at(until));
  EXPECT_THAT(failures(at_the_date), ElementsAre("dns.allowed dns:a.one.internal test.yaml:11:7"));
  EXPECT_THAT(denial(*tightened(), at_the_date).message, HasSubstr("were grandfathered until"));
}

TEST(Grandfathering, IsForRenewalsOnlyAndOnlyWhereTheProfileSaysSo) {
  const auto csr = request({"dns:a.one.internal"});
  const Requester requester = bound_to({"dns:a.one.internal"});
  EXPECT_FALSE(evaluate(*tightened(), csr, requester).allowed);
  const auto without = profile(with("\"*.one.internal\"", "\"*.two.internal\""));
  EXPECT_FALSE(evaluate(*without, csr, requester, renewal_at(day_before)).allowed);
}

TEST(Grandfathering, SoftensWhatTheCertificateBeforeHadToo) {
  const std::string date = "grandfathered_until: " + to_rfc3339(until) + "\n";
  const auto allowed = [&](const std::string& text, const x509::CertificateRequest& csr) {
    Requester requester = bound_to({});
    requester.bound_names = csr.subject_alternative_names();
    return evaluate(*profile(text + date), csr, requester, renewal_at(day_before)).allowed;
  };
  const auto one = request({"dns:a.one.internal"});
  EXPECT_TRUE(allowed(std::string(good_profile) + "requesters: {roles: [operator]}\n", one));
  EXPECT_TRUE(allowed(std::string(good_profile) + "requesters: {identities: [other]}\n", one));
  EXPECT_TRUE(allowed(with("max: 20", "max: 1"), request({"dns:a.one.internal", "ip:10.0.0.1"})));
  EXPECT_TRUE(allowed(with("max: 20", "max: 20"), request({"dns:*.one.internal"})));
  EXPECT_TRUE(allowed(with("  - {algorithm: P-256}\n", ""), one));  // the key of before was P-256 too
}

TEST(Grandfathering, NeverSoftensDenialsNewKindsOfKeysOrFaultsOfTheRequest) {
  const std::string date = "grandfathered_until: " + to_rfc3339(until) + "\n";
  const auto rules = profile(with("secret.any.internal", "a.one.internal") + date);
  const auto judge = [&](const x509::CertificateRequest& csr, const std::vector<std::string>& bound) {
    return failures(evaluate(*rules, csr, bound_to(bound), renewal_at(day_before)));
  };
  EXPECT_THAT(judge(request({"dns:a.one.internal"}), {"dns:a.one.internal"}),
              ElementsAre("dns.denied dns:a.one.internal test.yaml:17:16"));
  EXPECT_THAT(judge(request({"dns:b.one.internal"}), {"dns:c.one.internal"}),
              ElementsAre("names.bound dns:b.one.internal "));
  EXPECT_THAT(judge(request({"dns:b.one.internal"}, "evil"), {"dns:b.one.internal"}),
              ElementsAre("subject.common_name evil "));
  const crypto::PrivateKey other = must(crypto::PrivateKey::generate({crypto::KeyAlgorithm::ec_p384, 384}));
  EXPECT_THAT(judge(request({"dns:b.one.internal"}, "", other), {"dns:b.one.internal"}),
              ElementsAre("key.algorithm P-384 384 test.yaml:6:3"));
}

TEST(Quotas, CountEachSubjectOnce) {
  const auto rules =
      plus("quotas:\n  per_identity: {count: 3, window: 1d}\n  per_name: {count: 2, window: 1h}\n");
  const auto quotas = quotas_of(*rules, Identity("web-01"),
                                names({"dns:a.one.internal", "ip:10.0.0.1", "dns:a.one.internal"}));
  ASSERT_EQ(quotas.size(), 3U);
  EXPECT_EQ(quotas[0].subject, "identity:test:web-01");
  EXPECT_EQ(quotas[0].rule, "quota.per_identity");
  EXPECT_EQ(quotas[1].subject, "name:test:dns:a.one.internal");
  EXPECT_EQ(quotas[2].value, "ip:10.0.0.1");
  EXPECT_EQ(quotas[2].quota.location, "test.yaml:21:21");
  EXPECT_THAT(quotas_of(*profile(), Identity("web-01"), names({"dns:a.one.internal"})), IsEmpty());
}

TEST(Quotas, AreSpentAtTheirCount) {
  const AppliedQuota quota{
      "s", "quota.per_name", "dns:a", {.count = 2, .window = Seconds(3600), .location = "x:1:2"}};
  const Reason free = judge(quota, {.used = 1, .free_at = std::nullopt});
  EXPECT_TRUE(free.passed);
  EXPECT_EQ(free.message, "1 of 2 certificates in 1h are used");
  const Reason spent = judge(quota, {.used = 2, .free_at = day_before});
  EXPECT_FALSE(spent.passed);
  EXPECT_EQ(spent.location, "x:1:2");
  EXPECT_THAT(spent.message, HasSubstr("2 of 2 certificates in 1h are used; the next may be asked for at "));
}

}  // namespace
}  // namespace chancery::policy
