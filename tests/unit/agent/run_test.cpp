// The loop as a time-lapse: 90-second certificates, no real time passes.
#include "agent/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/agent/fakes.h"

namespace chancery::agent {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class RunTest : public ::testing::Test {
 protected:
  void run_until(TimePoint end) {
    world_.waiter.on_wait = [this, end] {
      longest_expired_ = std::max(longest_expired_, served_expired_for());
      if (world_.clock.now() >= end) world_.waiter.waits = 0;
    };
    Agent agent(world_.config, world_.store, world_.around);
    agent.run();
  }
  [[nodiscard]] Seconds served_expired_for() const {
    if (!world_.tls.served) return Seconds(0);
    return world_.clock.now() - world_.tls.served->not_after;
  }
  fake::World world_;
  TimePoint start_ = world_.clock.now();
  Seconds longest_expired_ = Seconds::min();
};

TEST_F(RunTest, ThreeRenewalsInFourLifetimesAndNeverAnExpiredCertificate) {
  world_.bring_token();
  run_until(start_ + Seconds(200));
  EXPECT_EQ(world_.service.enrolments, 1);
  EXPECT_EQ(world_.service.renewals, 3);
  EXPECT_EQ(world_.service.issued, 4);
  EXPECT_LE(longest_expired_, Seconds(-25));
  EXPECT_THAT(world_.metrics.text(), HasSubstr("chancery_renewals_total{result=\"success\"} 3"));
}

TEST_F(RunTest, AnOutageAtTheTimeOfRenewalIsOvercome) {
  world_.bring_token();
  run_until(start_ + Seconds(30));
  for (int failure = 0; failure < 10; ++failure) world_.service.fail_next(ErrorCode::unavailable);
  world_.waiter.waits = 1000000;
  run_until(start_ + Seconds(95));
  EXPECT_GE(world_.service.renewals, 11);
  EXPECT_EQ(world_.service.issued, 2);
  EXPECT_LT(longest_expired_, Seconds(0));
}

// cert-manager #4399: endless retries for what can never succeed.
TEST_F(RunTest, WhatCannotSucceedIsLookedAtOncePerInterval) {
  int waits = 0;
  world_.waiter.on_wait = [&] {
    if (++waits == 100) world_.waiter.waits = 0;
  };
  Agent agent(world_.config, world_.store, world_.around);
  agent.run();
  EXPECT_EQ(world_.clock.now(), start_ + 100 * world_.config.check_interval);
  EXPECT_EQ(world_.service.enrolments, 0);
  EXPECT_EQ(world_.logger.events.size(), 1U);
}

TEST_F(RunTest, APassSaysWhetherAllIsWell) {
  Agent agent(world_.config, world_.store, world_.around);
  EXPECT_FALSE(agent.pass().all_well);
  world_.bring_token();
  const Agent::Pass pass = agent.pass();
  EXPECT_TRUE(pass.all_well);
  EXPECT_EQ(pass.next, world_.clock.now() + world_.config.check_interval);
}

TEST_F(RunTest, ReportsWhatDesignPromises) {
  world_.bring_token();
  Agent agent(world_.config, world_.store, world_.around);
  ASSERT_TRUE(agent.pass().all_well);
  const std::string text = world_.metrics.text();
  const std::string labels = "{certificate=\"web\",node=\"web-01\",profile=\"service\"}";
  const std::string end = std::to_string(to_unix(start_) + 89);
  EXPECT_THAT(text, HasSubstr("chancery_certificate_not_after_timestamp_seconds" + labels + " " + end));
  EXPECT_THAT(text,
              HasSubstr("chancery_certificate_served_not_after_timestamp_seconds" + labels + " " + end));
  EXPECT_THAT(text, HasSubstr("chancery_certificate_renew_after_timestamp_seconds" + labels + " " +
                              std::to_string(to_unix(start_) + 60)));
  EXPECT_THAT(text, HasSubstr("chancery_agent_last_success_timestamp_seconds{node=\"web-01\"} " +
                              std::to_string(to_unix(start_))));
  EXPECT_THAT(text, HasSubstr("chancery_clock_offset_seconds{node=\"web-01\"} 0"));
  EXPECT_THAT(text, ContainsRegex("chancery_trust_not_after_timestamp_seconds\\{node=\"web-01\","
                                  "sha256=\"[0-9a-f]{64}\",subject=\"CN=Test Root\"\\} [0-9]+"));
  EXPECT_THAT(text, HasSubstr("subject=\"CN=Test Intermediate\""));
}

TEST_F(RunTest, APushgatewayThatIsDownIsSaidOnceAndStopsNothing) {
  world_.config.push = PushConfig{"http://127.0.0.1:1", Seconds(1)};
  world_.bring_token();
  run_until(start_ + Seconds(70));
  EXPECT_EQ(world_.service.renewals, 1);
  EXPECT_EQ(std::count(world_.logger.events.begin(), world_.logger.events.end(), "agent.push_failed"), 1);
}

}  // namespace
}  // namespace chancery::agent
