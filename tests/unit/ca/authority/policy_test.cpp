// What the authority does with a profile: counts its quotas, judges each renewal again, and stays with the
// one that a request began under.
#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <set>
#include <thread>

#include "ca/policy/load_yaml.h"
#include "tests/support/x509_builder.h"
#include "tests/unit/ca/authority/fixture.h"

namespace chancery::authority {
namespace {

using test::must;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Seconds day{86400};

std::string service_yaml(const std::string& dns, const std::string& more = "", int lifetime_days = 90) {
  return "name: service\nlifetime: " + std::to_string(lifetime_days) +
         "d\nrenew_after: 1d\nkeys: [{algorithm: P-256}]\nnames: {dns: [\"" + dns +
         "\"]}\nextended_key_usage: [serverAuth]\nca_issuers: [\"http://ca.internal/i.der\"]\n" + more;
}

std::shared_ptr<const policy::ProfileSet> only(const std::string& yaml) {
  return std::make_shared<const policy::ProfileSet>(
      std::vector{must(policy::parse_profile(yaml, "service.yaml"))});
}

class PolicyTest : public AuthorityTest {
 protected:
  void use(const std::string& yaml) { authority->replace_profiles(only(yaml)); }
  Result<RecordedCertificate> issue_web() { return issue(request_for(csr_for({"dns:web.svc.internal"}))); }
  Result<RecordedCertificate> renew(const std::string& serial, policy::Role role = policy::Role::none) {
    auto answered = authority->renew(test::Voucher::certificate(**store->find_certificate(serial), role),
                                     {csr_for({}), "", RequestId("r")});
    if (!answered) return std::move(answered).error();
    return std::get<RecordedCertificate>(std::move(*answered));
  }
};

std::vector<std::string> places(const Error& error) {
  std::vector<std::string> texts;
  for (const ErrorDetail& detail : error.details)
    texts.push_back(detail.rule + " " + detail.value + " " + detail.location);
  return texts;
}

TEST_F(PolicyTest, AQuotaRefusesWithRulePlaceAndValue) {
  use(service_yaml("*.svc.internal",
                   "quotas: {per_identity: {count: 1, window: 1d}, per_name: {count: 1, window: 1d}}\n"));
  ASSERT_TRUE(issue_web());
  const auto second = issue_web();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::rate_limited);
  EXPECT_THAT(places(second.error()), ElementsAre("quota.per_identity web-01 service.yaml:8:32",
                                                  "quota.per_name dns:web.svc.internal service.yaml:8:66",
                                                  "quota.retry_after 86400 "));
  EXPECT_THAT(second.error().message,
              HasSubstr("the next may be asked for at " + to_rfc3339(clock.now() + day)));
  clock.advance(day - Seconds(1));
  const auto other_name = issue(request_for(csr_for({"dns:api.svc.internal"})));
  ASSERT_FALSE(other_name);
  EXPECT_THAT(places(other_name.error()),
              ElementsAre("quota.per_identity web-01 service.yaml:8:32", "quota.retry_after 1 "));
  clock.advance(Seconds(1));
  EXPECT_TRUE(issue_web());
}

TEST_F(PolicyTest, AnIssuanceThatFailsGivesItsUseBack) {
  use(service_yaml("*.svc.internal", "quotas: {per_identity: {count: 1, window: 1d}}\n"));
  observer.hooks[Step::check] = [&] { store->fault = make_error(ErrorCode::unavailable, "disk full"); };
  ASSERT_FALSE(issue_web());
  observer.hooks.clear();
  store->fault.reset();
  EXPECT_TRUE(issue_web());  // the first thing it does is to end what was left open
  EXPECT_FALSE(issue_web());
}

TEST_F(PolicyTest, RenewalsCountToo) {
  use(service_yaml("*.svc.internal", "quotas: {per_identity: {count: 2, window: 1d}}\n"));
  const auto first = issue_web();
  ASSERT_TRUE(first);
  const auto second = renew(first->record().serial);
  ASSERT_TRUE(second);
  const auto third = renew(second->record().serial);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::rate_limited);
}

TEST_F(PolicyTest, ARepeatedIdempotencyKeyIsNotCounted) {
  use(service_yaml("*.svc.internal", "quotas: {per_identity: {count: 1, window: 1d}}\n"));
  IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
  request.idempotency_key = "k";
  ASSERT_TRUE(issue(request));
  const auto again = issue(request);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->replayed());
}

TEST_F(PolicyTest, OfManyAtOnceExactlyTheQuotaIsIssued) {
  use(service_yaml("*.svc.internal", "quotas: {per_identity: {count: 3, window: 1d}}\n"));
  class Quiet final : public StepObserver {
    void finished(Step) override {}
  } quiet;
  Authority concurrent({.profiles = authority->profiles(), .issuer = authority->issuer()}, *store, clock,
                       random, quiet);
  constexpr int callers = 12;
  std::vector<IssueRequest> requests;
  for (int i = 0; i < callers; ++i) requests.push_back(request_for(csr_for({"dns:web.svc.internal"})));
  std::atomic<int> issued = 0, refused = 0;
  std::latch ready(callers);
  {
    std::vector<std::jthread> threads;
    for (const IssueRequest& request : requests) {
      threads.emplace_back([&] {
        ready.arrive_and_wait();
        const auto result = concurrent.issue(test::Voucher::request(request));
        if (result) ++issued;
        if (!result && result.error().code == ErrorCode::rate_limited) ++refused;
      });
    }
  }
  EXPECT_EQ(issued, 3);
  EXPECT_EQ(refused, callers - 3);
}

TEST_F(PolicyTest, ExplainShowsQuotasAndUsesNone) {
  use(service_yaml("*.svc.internal", "quotas: {per_identity: {count: 1, window: 1d}}\n"));
  for (int i = 0; i < 3; ++i) {
    const Explanation free = explain(request_for(csr_for({"dns:web.svc.internal"})));
    EXPECT_TRUE(free.decision.allowed);
    EXPECT_FALSE(free.error);
    EXPECT_EQ(free.decision.reasons.back().rule, "quota.per_identity");
    EXPECT_EQ(free.decision.reasons.back().message, "0 of 1 certificates in 1d are used");
  }
  ASSERT_TRUE(issue_web());
  const Explanation spent = explain(request_for(csr_for({"dns:web.svc.internal"})));
  EXPECT_FALSE(spent.decision.allowed);
  EXPECT_FALSE(spent.decision.reasons.back().passed);
  ASSERT_TRUE(spent.error);
  EXPECT_EQ(spent.error->code, ErrorCode::rate_limited);
}

TEST_F(PolicyTest, EachRenewalIsJudgedAgain) {
  use(service_yaml("*.svc.internal"));
  const auto first = issue_web();
  ASSERT_TRUE(first);
  use(service_yaml("*.other.internal"));
  const auto second = renew(first->record().serial);
  ASSERT_FALSE(second);
  EXPECT_THAT(places(second.error()), ElementsAre("dns.allowed dns:web.svc.internal service.yaml:5:15"));
}

TEST_F(PolicyTest, AGrandfatheredRenewalGoesOnThroughItsWholeLineageUntilTheDate) {
  use(service_yaml("*.svc.internal"));
  const auto first = issue_web();
  ASSERT_TRUE(first);
  const std::string date = "grandfathered_until: " + to_rfc3339(clock.now() + 10 * day) + "\n";
  use(service_yaml("*.other.internal", date));
  EXPECT_FALSE(issue_web());  // a new request never
  clock.advance(5 * day);
  const auto second = renew(first->record().serial);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->record().profile_hash, authority->profiles()->all().front()->hash);
  clock.advance(5 * day - Seconds(1));
  const auto third = renew(second->record().serial);
  ASSERT_TRUE(third) << third.error().message;
  clock.advance(Seconds(1));
  const auto fourth = renew(third->record().serial);
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error().code, ErrorCode::forbidden);
  EXPECT_THAT(places(fourth.error()), ElementsAre("dns.allowed dns:web.svc.internal service.yaml:5:15"));
  EXPECT_THAT(fourth.error().message, HasSubstr("(service.yaml:8:22)"));
}

TEST_F(PolicyTest, WhoRenewsHasTheRoleThatItsProfileGrants) {
  use(service_yaml("*.svc.internal"));
  const auto first = issue_web();
  ASSERT_TRUE(first);
  use(service_yaml("*.svc.internal", "requesters: {roles: [operator]}\n"));
  EXPECT_FALSE(renew(first->record().serial));
  use(service_yaml("*.svc.internal", "grants: operator\nrequesters: {roles: [operator]}\n"));
  EXPECT_TRUE(renew(first->record().serial, policy::Role::operator_));
}

// Let's Encrypt, June 2023: a profile changed between the steps of an issuance.
TEST_F(PolicyTest, AProfileThatChangesBetweenStepsChangesNothingOfTheRequest) {
  const std::string before = service_yaml("*.svc.internal", "", 90),
                    after = service_yaml("*.svc.internal", "", 30);
  for (const Step step : {Step::policy, Step::prepare, Step::intent, Step::sign, Step::check}) {
    use(before);
    observer.hooks = {{step, [&] { use(after); }}};
    const auto issued = issue_web();
    ASSERT_TRUE(issued);
    EXPECT_EQ(issued->record().profile_hash, crypto::sha256(as_bytes(before))) << to_string(step);
    EXPECT_EQ(issued->record().not_after - issued->record().not_before + Seconds(1), 90 * day);
  }
}

// The same under load: whatever hash is recorded, that text makes exactly this certificate.
TEST_F(PolicyTest, UnderLoadEveryCertificateIsWhatItsRecordedProfileMakes) {
  struct Version {
    std::string yaml;
    Seconds lifetime;
    std::vector<x509::KeyPurpose> purposes;
  };
  std::vector<Version> versions;
  for (int days = 30; days < 38; ++days) {
    const bool both = days % 2 == 0;
    std::string yaml = service_yaml("*.svc.internal", "", days);
    if (both) yaml.replace(yaml.find("[serverAuth]"), 12, "[serverAuth, clientAuth]");
    versions.push_back({yaml, days * day,
                        both ? std::vector{x509::KeyPurpose::server_auth, x509::KeyPurpose::client_auth}
                             : std::vector{x509::KeyPurpose::server_auth}});
  }
  class Quiet final : public StepObserver {
    void finished(Step) override {}
  } quiet;
  Authority loaded({.profiles = only(versions.front().yaml), .issuer = authority->issuer()}, *store, clock,
                   random, quiet);
  std::vector<std::shared_ptr<const policy::ProfileSet>> sets;
  for (const Version& version : versions) sets.push_back(only(version.yaml));
  constexpr int threads = 4, each = 40;
  std::atomic<int> working = threads;
  {
    std::vector<std::jthread> workers;
    for (int t = 0; t < threads; ++t) {
      workers.emplace_back([&] {
        for (int i = 0; i < each; ++i) {
          const auto issued =
              loaded.issue(test::Voucher::request(request_for(csr_for({"dns:web.svc.internal"}))));
          EXPECT_TRUE(issued) << (issued ? "" : issued.error().message);
        }
        --working;
      });
    }
    for (std::size_t turn = 0; working > 0; ++turn) loaded.replace_profiles(sets[turn % sets.size()]);
  }
  std::set<std::string> seen;
  const auto page = must(store->list_certificates({}, "", 1000));
  ASSERT_EQ(page.rows.size(), static_cast<std::size_t>(threads) * each);
  for (const store::CertificateRow& row : page.rows) {
    const auto version = std::find_if(versions.begin(), versions.end(), [&](const Version& candidate) {
      return crypto::sha256(as_bytes(candidate.yaml)) == row.certificate.profile_hash;
    });
    ASSERT_NE(version, versions.end());
    const auto certificate = must(x509::Certificate::parse(row.certificate.der));
    EXPECT_EQ(row.certificate.not_after - row.certificate.not_before + Seconds(1), version->lifetime);
    EXPECT_EQ(certificate.fields().extensions.extended_key_usage, version->purposes);
    seen.insert(version->yaml);
  }
  EXPECT_GT(seen.size(), 1U);  // the profile did change meanwhile
}

}  // namespace
}  // namespace chancery::authority
