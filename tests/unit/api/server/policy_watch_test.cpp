// Changed profiles come into force, and bad ones do not, without a wait in the test.
#include "api/server/policy_watch.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "ca/audit/entry.h"
#include "ca/audit/log.h"
#include "tests/support/log_key.h"
#include "tests/support/profiles.h"
#include "tests/support/x509_builder.h"
#include "tests/unit/api/server/stepping_waiter.h"

namespace chancery::server {
namespace {

using test::must;
using testing::HasSubstr;
namespace fs = std::filesystem;

class PolicyWatchTest : public testing::Test {
 protected:
  PolicyWatchTest() {
    std::string pattern = (fs::temp_directory_path() / "chancery-watch-XXXXXX").string();
    directory = ::mkdtemp(pattern.data());
    put("service.yaml", test::service_yaml);
    source = must(policy::ProfileSource::open(directory.string(), clock.now()));
    const auto issuer = must(
        issuance::Issuer::create(intermediate.certificate, intermediate.signer(), {.cross_check = false}));
    authority = std::make_unique<authority::Authority>(
        authority::AuthorityOptions{.profiles = source->state().profiles, .issuer = issuer}, *store, clock,
        random, metrics);
    metrics.profiles_loaded(*source->state().profiles, clock.now());
    watch = std::make_unique<PolicyWatch>(PolicyWatchParts{.source = *source,
                                                           .authority = *authority,
                                                           .metrics = metrics,
                                                           .logger = *logger,
                                                           .clock = clock,
                                                           .waiter = waiter});
  }
  ~PolicyWatchTest() override {
    watch.reset();
    fs::remove_all(directory);
  }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(directory / name, std::ios::trunc) << text;
  }
  std::string exposed() {
    return must(metrics.expose(*store, *audit_log, *authority->issuer(), clock.now()));
  }

  fs::path directory;
  FixedClock clock{test::test_time()};
  SystemRandom random;
  test::CertifiedKey root = test::make_root();
  test::CertifiedKey intermediate = test::make_intermediate(root);
  std::unique_ptr<store::Store> store = store::make_memory_store(audit::log_hashing());
  std::unique_ptr<audit::Log> audit_log = must(audit::Log::open(*store, test::make_log_key(), clock));
  std::unique_ptr<log::Logger> logger = log::make_null_logger();
  metrics::Metrics metrics{{ProfileName("service")}};
  std::unique_ptr<policy::ProfileSource> source;
  std::unique_ptr<authority::Authority> authority;
  SteppingWaiter waiter;
  std::unique_ptr<PolicyWatch> watch;
};

TEST_F(PolicyWatchTest, AChangeComesIntoForceByItself) {
  put("operator.yaml", test::operator_yaml);
  waiter.wake(Waiter::Woken::time);
  EXPECT_EQ(authority->profiles()->all().size(), 1U);
  waiter.wake(Waiter::Woken::time);
  EXPECT_EQ(authority->profiles()->all().size(), 2U);
  EXPECT_EQ(waiter.asked_for, PolicyWatch::interval);
}

TEST_F(PolicyWatchTest, AskedForItComesAtOnceAndIsMeasured) {
  put("operator.yaml", test::operator_yaml);
  watch->reload_now();
  EXPECT_EQ(authority->profiles(), source->state().profiles);
  metrics.count(ProfileName("operator"), metrics::IssueResult::issued);
  const std::string text = exposed();
  EXPECT_THAT(text, HasSubstr(R"(chancery_certificates_issued_total{profile="operator",result="issued"} 1)"));
  for (const char* yaml : {test::operator_yaml, test::service_yaml})
    EXPECT_THAT(text, HasSubstr("hash=\"" + to_hex(crypto::sha256(as_bytes(yaml))) + "\""));
  EXPECT_THAT(text, HasSubstr("chancery_policy_reload_failures_total 0"));
}

TEST_F(PolicyWatchTest, ABadFileChangesNothingAndIsCounted) {
  const auto before = authority->profiles();
  put("bad.yaml", "name: bad\n");
  watch->reload_now();
  EXPECT_EQ(authority->profiles(), before);
  EXPECT_TRUE(source->state().fault);
  EXPECT_THAT(exposed(), HasSubstr("chancery_policy_reload_failures_total 1"));
  waiter.wake(Waiter::Woken::time);
  waiter.wake(Waiter::Woken::time);
  EXPECT_THAT(exposed(), HasSubstr("chancery_policy_reload_failures_total 1"));  // the same fault is one
}

TEST_F(PolicyWatchTest, TheInfoOfAProfileThatWasReplacedIsGone) {
  std::string changed = test::service_yaml;
  changed.replace(changed.find("90d"), 3, "80d");
  put("service.yaml", changed);
  watch->reload_now();
  const std::string text = exposed();
  EXPECT_EQ(text.find(to_hex(crypto::sha256(as_bytes(test::service_yaml)))), std::string::npos);
  EXPECT_THAT(text, HasSubstr("chancery_policy_info{hash=\"" + to_hex(crypto::sha256(as_bytes(changed))) +
                              "\",profile=\"service\"} 1"));
}

TEST(RealWaiter, EndsByTimeByRequestAndByStop) {
  RealWaiter waiter;
  std::stop_source stop;
  EXPECT_EQ(waiter.wait(Seconds(0), stop.get_token()), Waiter::Woken::time);
  waiter.ask();
  EXPECT_EQ(waiter.wait(Seconds(3600), stop.get_token()), Waiter::Woken::asked);
  stop.request_stop();
  waiter.ask();
  EXPECT_EQ(waiter.wait(Seconds(3600), stop.get_token()), Waiter::Woken::stopped);
}

}  // namespace
}  // namespace chancery::server
