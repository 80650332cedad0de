// A request that the service has taken and an operator must approve: nothing is given up meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/agent/lifecycle_fixture.h"

namespace chancery::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ApprovalTest : public AgentTest {};

TEST_F(ApprovalTest, ARequestThatWaitsForApprovalIsAskedAgainInTheSameWordsAndNothingIsGivenUp) {
  world_.service.waits = "0123";
  world_.service.wait_retry_after = Seconds(30);
  world_.bring_token();
  {
    Lifecycle life = world_.life();
    ASSERT_EQ(step(life), ActionKind::enrol);
    EXPECT_TRUE(last_) << last_.error().message;
    EXPECT_EQ(life.state().issue_not_before, world_.clock.now() + Seconds(30));
    EXPECT_EQ(life.state().pending->waits, "0123");
    EXPECT_EQ(life.state().issue_failures, 0);
    EXPECT_EQ(life.state().last_error, "");
    EXPECT_EQ(life.state().refused_token, "");
    const Action next = planned(life);
    EXPECT_EQ(next.kind, ActionKind::wait);
    EXPECT_EQ(next.at, world_.clock.now() + Seconds(30));
    EXPECT_THAT(next.reason, HasSubstr("request 0123 waits for approval"));
  }
  world_.clock.advance(Seconds(30));
  Lifecycle restarted = world_.life();
  ASSERT_EQ(step(restarted), ActionKind::enrol);
  EXPECT_TRUE(last_);
  world_.clock.advance(Seconds(30));
  world_.service.waits.clear();
  ASSERT_EQ(step(restarted), ActionKind::enrol);
  ASSERT_TRUE(last_) << last_.error().message;
  EXPECT_EQ(world_.tls.served->serial, world_.current());
  EXPECT_EQ(std::set<std::string>(world_.service.keys.begin(), world_.service.keys.end()).size(), 1U);
  EXPECT_EQ(std::set<std::string>(world_.service.csrs.begin(), world_.service.csrs.end()).size(), 1U);
  EXPECT_EQ(world_.service.enrolments, 3);
  EXPECT_FALSE(restarted.state().pending);
  EXPECT_THAT(world_.logger.events,
              ElementsAre("agent.waiting", "agent.enrolled", "agent.installed", "agent.verified"));
}

TEST_F(ApprovalTest, ARenewalThatWaitsIsCountedOnceAndIsNoFailure) {
  Lifecycle life = world_.life();
  enrol(life);
  become_due(life);
  world_.service.waits = "0123";
  world_.service.wait_retry_after = Seconds(5);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(step(life), ActionKind::renew);
    ASSERT_TRUE(last_);
    EXPECT_EQ(life.state().issue_not_before, world_.clock.now() + Seconds(5));
    world_.clock.set(*life.state().issue_not_before);
  }
  EXPECT_THAT(metrics(), HasSubstr("chancery_renewals_total{result=\"pending\"} 1"));
  EXPECT_THAT(metrics(), HasSubstr("chancery_renewals_total{result=\"failure\"} 0"));
}

TEST_F(ApprovalTest, HowLongToWaitIsBounded) {
  world_.service.waits = "0123";
  world_.bring_token();
  Lifecycle life = world_.life();
  for (const auto& [told, waited] : std::vector<std::pair<std::optional<Seconds>, Seconds>>{
           {std::nullopt, Seconds(60)}, {Seconds(0), Seconds(1)}, {Seconds(86400), Seconds(3600)}}) {
    world_.service.wait_retry_after = told;
    ASSERT_EQ(step(life), ActionKind::enrol);
    EXPECT_EQ(life.state().issue_not_before, world_.clock.now() + waited);
    world_.clock.set(*life.state().issue_not_before);
  }
}

TEST_F(ApprovalTest, ARejectedRequestIsDroppedForAFreshOne) {
  world_.service.waits = "0123";
  world_.bring_token();
  Lifecycle life = world_.life();
  step(life);
  world_.service.waits.clear();
  world_.service.fail_next(ErrorCode::forbidden);
  world_.clock.set(*life.state().issue_not_before);
  EXPECT_EQ(step(life), ActionKind::enrol);
  EXPECT_FALSE(last_);
  EXPECT_FALSE(life.state().pending);
  EXPECT_EQ(life.state().refused_token, "");
  EXPECT_THAT(planned(life).reason, HasSubstr("backing off"));
}

}  // namespace
}  // namespace chancery::agent
