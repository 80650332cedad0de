// What another policy would have made of certificates that exist.
#include "ca/policy/replay.h"

#include "tests/unit/ca/policy/fixture.h"

namespace chancery::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What issued them: 90 days, renewed after 60, for *.svc.test.
constexpr const char* of_then = R"(name: service
lifetime: 90d
renew_after: 60d
keys: [{algorithm: P-256}]
names: {dns: ["*.svc.test"]}
extended_key_usage: [serverAuth, clientAuth]
crl_distribution_points: ["http://ca.internal/crl"]
)";

std::string changed(const std::string& from, const std::string& to) {
  std::string text = of_then;
  return text.replace(text.find(from), from.size(), to);
}

class ReplayTest : public testing::Test {
 protected:
  PastIssuance past(const std::string& name, TimePoint issued_at = test::test_time()) {
    test::LeafOptions options;
    options.now = issued_at;
    options.names = {name};
    x509::CertificateFields fields = test::leaf_fields(intermediate, key.public_key(), options);
    fields.extensions.crl_distribution_points = {"http://ca.internal/crl"};
    fields.extensions.ca_issuers.clear();
    fields.extensions.ocsp.clear();
    x509::Certificate certificate = test::sign_fields(fields, *intermediate.key);
    return {.serial = certificate.serial().to_string(),
            .identity = Identity("web-01"),
            .profile = ProfileName("service"),
            .issued_at = issued_at,
            .renew_after = issued_at + Seconds(60LL * 86400),
            .subject = "CN=" + name,
            .renewal = false,
            .certificate = std::move(certificate)};
  }
  // "denied dns.allowed new.yaml:5:15 dns:web.svc.test"
  static std::vector<std::string> told(const Verdict& verdict) {
    std::vector<std::string> lines;
    for (const ErrorDetail& detail : verdict.details) {
      lines.push_back(std::string(change_name(verdict.change)) + " " + detail.rule + " " + detail.location +
                      " " + detail.value);
    }
    return lines;
  }
  std::vector<std::string> judged(const std::string& yaml, const PastIssuance& issuance) {
    const ProfileSet set = must(parse_profiles({{"new.yaml", yaml}}));
    Replay replay(set);
    return told(must(replay.judge(issuance)));
  }

  crypto::PrivateKey key = test::make_key();
  test::CertifiedKey root = test::make_root();
  test::CertifiedKey intermediate = test::make_intermediate(root);
};

TEST_F(ReplayTest, ThePolicyOfThenWouldDecideTheSame) {
  EXPECT_THAT(judged(of_then, past("web.svc.test")), IsEmpty());
}

TEST_F(ReplayTest, TellsEachDifferenceWithRulePlaceAndValue) {
  const PastIssuance web = past("web.svc.test");
  EXPECT_THAT(judged(changed("*.svc.test", "*.other.test"), web),
              ElementsAre("denied dns.allowed new.yaml:5:15 dns:web.svc.test"));
  EXPECT_THAT(judged(changed("P-256", "Ed25519"), web),
              ElementsAre("denied key.algorithm new.yaml:4:7 P-256 256"));
  EXPECT_THAT(judged(changed("lifetime: 90d", "lifetime: 61d"), web),
              ElementsAre("altered lifetime new.yaml:2:11 90d"));
  EXPECT_THAT(judged(changed("renew_after: 60d", "renew_after: 30d"), web),
              ElementsAre("altered renew_after new.yaml:3:14 60d"));
  EXPECT_THAT(judged(changed("[serverAuth, clientAuth]", "[serverAuth]"), web),
              ElementsAre("altered extended_key_usage new.yaml:6:21 clientAuth, serverAuth"));
  EXPECT_THAT(judged(changed("http://ca.internal/crl", "http://ca.internal/other"), web),
              ElementsAre("altered crl_distribution_points new.yaml:1:1 http://ca.internal/crl"));
  EXPECT_THAT(judged(std::string(of_then) + "subject: {organization: X}\n", web),
              ElementsAre("altered subject new.yaml:1:1 'CN=web.svc.test'"));
  EXPECT_THAT(judged(std::string(of_then) + "requesters: {identities: [\"db-*\"]}\n", web),
              ElementsAre("denied requester.identity new.yaml:8:27 web-01"));
  EXPECT_THAT(judged(std::string(of_then) + "requesters: {roles: [operator]}\n", web), IsEmpty());
  EXPECT_THAT(judged(changed("name: service", "name: other"), web), ElementsAre("denied profile  service"));
}

TEST_F(ReplayTest, ARenewalMayBeGrandfathered) {
  PastIssuance web = past("web.svc.test");
  web.renewal = true;
  const std::string strict = changed("*.svc.test", "*.other.test") + "grandfathered_until: ";
  EXPECT_THAT(judged(strict + to_rfc3339(web.issued_at + Seconds(1)) + "\n", web),
              ElementsAre("grandfathered dns.allowed new.yaml:5:15 dns:web.svc.test"));
  EXPECT_THAT(judged(strict + to_rfc3339(web.issued_at) + "\n", web),
              ElementsAre("denied dns.allowed new.yaml:5:15 dns:web.svc.test"));
}

TEST_F(ReplayTest, WhoRenewedHasTheRoleThatTheProfileGrants) {
  PastIssuance web = past("web.svc.test");
  const std::string operators = std::string(of_then) + "requesters: {roles: [operator]}\n";
  EXPECT_THAT(judged(operators, web), IsEmpty());  // an operator may have asked for the first
  web.renewal = true;
  EXPECT_THAT(judged(operators, web), ElementsAre("denied requester.role new.yaml:8:21 none"));
  EXPECT_THAT(judged(operators + "grants: operator\n", web), IsEmpty());
  EXPECT_THAT(judged(std::string(of_then) + "grants: operator\nrequesters: {roles: [none]}\n", web),
              ElementsAre("denied requester.role new.yaml:9:21 operator"));
}

TEST_F(ReplayTest, OtherApprovalsAreAnAlteration) {
  PastIssuance web = past("web.svc.test");
  const std::string two = std::string(of_then) + "approvals: {required: 2";
  EXPECT_THAT(judged(two + "}\n", web), ElementsAre("altered approvals new.yaml:8:23 0"));
  web.approvers = 1;
  EXPECT_THAT(judged(two + "}\n", web), ElementsAre("altered approvals new.yaml:8:23 1"));
  web.approvers = 2;
  EXPECT_THAT(judged(two + "}\n", web), IsEmpty());
  EXPECT_THAT(judged(of_then, web), ElementsAre("altered approvals new.yaml:1:1 2"));
  web.renewal = true;  // with the approvers of what it renewed
  EXPECT_THAT(judged(of_then, web), IsEmpty());
  web.approvers = 1;
  EXPECT_THAT(judged(two + "}\n", web), ElementsAre("altered approvals new.yaml:8:23 1"));
}

TEST_F(ReplayTest, QuotasCountWhatCameBefore) {
  const ProfileSet set = must(parse_profiles(
      {{"new.yaml", std::string(of_then) + "quotas: {per_identity: {count: 2, window: 1d}}\n"}}));
  Replay replay(set);
  const auto at = [&](Seconds after) {
    return told(must(replay.judge(past("web.svc.test", test::test_time() + after))));
  };
  EXPECT_THAT(at(Seconds(0)), IsEmpty());
  EXPECT_THAT(at(Seconds(3600)), IsEmpty());
  EXPECT_THAT(at(Seconds(7200)), ElementsAre("denied quota.per_identity new.yaml:8:32 web-01"));
  EXPECT_THAT(at(Seconds(86400)), IsEmpty());  // the first has left the window; the refused one never counted
  EXPECT_THAT(at(Seconds(86401)), ElementsAre("denied quota.per_identity new.yaml:8:32 web-01"));
}

}  // namespace
}  // namespace chancery::policy
