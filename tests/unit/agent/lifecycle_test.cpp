// One certificate's life, with everything around the agent faked but the disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ca/base/file.h"
#include "ca/x509/csr.h"
#include "tests/unit/agent/lifecycle_fixture.h"

namespace chancery::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class LifecycleTest : public AgentTest {};

TEST_F(LifecycleTest, EnrolsInstallsAndProves) {
  Lifecycle life = world_.life();
  enrol(life);
  EXPECT_EQ(world_.service.last_token, "token-of-web-01");
  EXPECT_EQ(world_.tls.served->serial, world_.current());
  EXPECT_THAT(world_.logger.events, ElementsAre("agent.enrolled", "agent.installed", "agent.verified"));
  EXPECT_THAT(world_.logger.all, HasSubstr("serial=" + world_.current()));
  EXPECT_THAT(world_.logger.all, HasSubstr("certificate=web"));
  EXPECT_THAT(world_.logger.all, HasSubstr("not_after=2026-01-01T00:01:29Z"));
  EXPECT_THAT(world_.logger.all, HasSubstr("renew_after=2026-01-01T00:01:00Z"));
  EXPECT_EQ(planned(life).kind, ActionKind::wait);
  EXPECT_FALSE(life.state().candidate);
  EXPECT_FALSE(life.state().pending);
  EXPECT_FALSE(world_.store.load_pending_key("web"));
}

TEST_F(LifecycleTest, TheTokenIsNeverLoggedNorKept) {
  Lifecycle life = world_.life();
  world_.service.fail_next(ErrorCode::unavailable);
  world_.bring_token();
  step(life);
  world_.clock.advance(Seconds(60));
  step(life);
  EXPECT_THAT(world_.logger.all, Not(HasSubstr("token-of-web-01")));
  EXPECT_THAT(*read_file(world_.config.state_directory + "/web.json", 100000),
              Not(HasSubstr("token-of-web-01")));
}

TEST_F(LifecycleTest, RenewsWithAFreshKeyAndKeepsOneGeneration) {
  Lifecycle life = world_.life();
  enrol(life);
  const std::string first = world_.current();
  for (int round = 0; round < 3; ++round) {
    const std::string before = world_.current();
    become_due(life);
    ASSERT_EQ(step(life), ActionKind::renew);
    ASSERT_TRUE(last_) << last_.error().message;
    EXPECT_EQ(world_.service.renewed_serial, before);
    EXPECT_NE(world_.current(), before);
    EXPECT_EQ(world_.tls.served->serial, world_.current());
    EXPECT_TRUE(read_version(version_path(world_.folder.path() + "/web", before)));
  }
  EXPECT_FALSE(read_version(version_path(world_.folder.path() + "/web", first)));
  std::set<std::string> keys;
  for (const std::string& csr : world_.service.csrs) {
    keys.insert(to_hex(x509::CertificateRequest::parse_pem(csr)->public_key().spki()));
  }
  EXPECT_EQ(keys.size(), 4U);
  EXPECT_THAT(metrics(), HasSubstr("chancery_renewals_total{result=\"success\"} 3"));
}

TEST_F(LifecycleTest, ALostAnswerIsAskedForAgainInTheSameWords) {
  {
    Lifecycle life = world_.life();
    enrol(life);
    become_due(life);
    world_.service.lose_answer = true;
    EXPECT_EQ(step(life), ActionKind::renew);
    EXPECT_FALSE(last_);
  }
  world_.clock.advance(Seconds(2));
  Lifecycle restarted = world_.life();
  EXPECT_EQ(step(restarted), ActionKind::renew);
  ASSERT_TRUE(last_) << last_.error().message;
  ASSERT_EQ(world_.service.keys.size(), 3U);
  EXPECT_EQ(world_.service.keys[1], world_.service.keys[2]);
  EXPECT_EQ(world_.service.csrs[1], world_.service.csrs[2]);
  EXPECT_EQ(world_.service.issued, 2);
}

TEST_F(LifecycleTest, APendingRequestWithoutItsKeyIsReplaced) {
  Lifecycle life = world_.life();
  enrol(life);
  become_due(life);
  world_.service.lose_answer = true;
  step(life);
  ASSERT_TRUE(world_.store.remove_pending_key("web"));
  world_.clock.advance(Seconds(2));
  EXPECT_EQ(step(life), ActionKind::renew);
  ASSERT_TRUE(last_) << last_.error().message;
  EXPECT_NE(world_.service.keys[1], world_.service.keys[2]);
}

TEST_F(LifecycleTest, AnOutageIsTriedAgainWithinTwoSecondsAndRecovers) {
  Lifecycle life = world_.life();
  enrol(life);
  become_due(life);
  for (int failure = 1; failure <= 8; ++failure) {
    world_.service.fail_next(ErrorCode::unavailable);
    ASSERT_EQ(step(life), ActionKind::renew) << failure;
    ASSERT_FALSE(last_);
    ASSERT_EQ(life.state().issue_failures, failure);
    ASSERT_LE(*life.state().issue_not_before, world_.clock.now() + Seconds(2));
    world_.clock.set(*life.state().issue_not_before);
  }
  ASSERT_EQ(step(life), ActionKind::renew);
  EXPECT_TRUE(last_) << last_.error().message;
  EXPECT_EQ(life.state().issue_failures, 0);
  EXPECT_THAT(metrics(), HasSubstr("chancery_renewals_total{result=\"failure\"} 8"));
}

TEST_F(LifecycleTest, RetryAfterIsKeptTo) {
  Lifecycle life = world_.life();
  enrol(life);
  become_due(life);
  world_.service.fail_next(ErrorCode::rate_limited, Seconds(20));
  step(life);
  EXPECT_EQ(*life.state().issue_not_before, world_.clock.now() + Seconds(20));
}

TEST_F(LifecycleTest, ARefusedTokenIsNotTriedTwiceUntilItIsReplaced) {
  world_.bring_token();
  world_.service.fail_next(ErrorCode::unauthorized);
  Lifecycle life = world_.life();
  EXPECT_EQ(step(life), ActionKind::enrol);
  EXPECT_FALSE(last_);
  world_.clock.advance(Seconds(3600));
  EXPECT_EQ(step(life), ActionKind::cannot_succeed);
  EXPECT_EQ(step(life), ActionKind::cannot_succeed);
  EXPECT_EQ(world_.service.enrolments, 1);
  EXPECT_THAT(world_.logger.events, ElementsAre("agent.failed", "agent.failed"));  // the second is said once
  world_.bring_token("another-token");
  EXPECT_EQ(step(life), ActionKind::enrol);
  EXPECT_TRUE(last_) << last_.error().message;
}

TEST_F(LifecycleTest, AnExpiredCertificateWithoutATokenEndsInCannotSucceed) {
  Lifecycle life = world_.life();
  enrol(life);
  std::filesystem::remove(world_.folder.path() + "/token");
  world_.clock.advance(Seconds(1000));
  EXPECT_EQ(step(life), ActionKind::cannot_succeed);
  ASSERT_FALSE(last_);
  EXPECT_THAT(last_.error().message, HasSubstr("chancery enroll"));
  EXPECT_EQ(world_.service.renewals, 0);
  world_.bring_token("new-token");
  EXPECT_EQ(step(life), ActionKind::enrol);
  EXPECT_TRUE(last_) << last_.error().message;
}

TEST_F(LifecycleTest, ARenewalRefusedForGoodFallsBackToANewToken) {
  Lifecycle life = world_.life();
  enrol(life);
  std::filesystem::remove(world_.folder.path() + "/token");
  become_due(life);
  world_.service.fail_next(ErrorCode::forbidden);
  EXPECT_EQ(step(life), ActionKind::renew);
  world_.clock.set(*life.state().issue_not_before);
  world_.bring_token("new-token");
  EXPECT_EQ(step(life), ActionKind::enrol);
  EXPECT_TRUE(last_) << last_.error().message;
}

// certbot #7555: the reload command exits 0 and the old certificate stays in service.
TEST_F(LifecycleTest, AReloadWithoutEffectIsRolledBack) {
  Lifecycle life = world_.life();
  enrol(life);
  const std::string before = world_.current();
  become_due(life);
  world_.tls.deaf = true;
  EXPECT_EQ(step(life), ActionKind::renew);
  ASSERT_FALSE(last_);
  EXPECT_THAT(last_.error().message, HasSubstr("still serves " + before));
  EXPECT_THAT(last_.error().message, HasSubstr("went back to " + before));
  EXPECT_EQ(world_.current(), before);
  EXPECT_THAT(world_.logger.events,
              ElementsAre("agent.enrolled", "agent.installed", "agent.verified", "agent.renewed",
                          "agent.installed", "agent.rolled_back", "agent.failed"));
  EXPECT_THAT(metrics(), HasSubstr("chancery_renewals_total{result=\"rolled_back\"} 1"));
  EXPECT_THAT(metrics(), HasSubstr("chancery_renewals_total{result=\"failure\"} 0"));
}

TEST_F(LifecycleTest, AfterARollBackTheSameCertificateIsTriedAgain) {
  Lifecycle life = world_.life();
  enrol(life);
  become_due(life);
  world_.tls.deaf = true;
  step(life);
  world_.tls.deaf = false;
  world_.clock.set(*life.state().issue_not_before);
  EXPECT_EQ(step(life), ActionKind::install);
  ASSERT_TRUE(last_) << last_.error().message;
  EXPECT_EQ(world_.service.issued, 2);
  EXPECT_EQ(world_.tls.served->serial, world_.current());
  EXPECT_FALSE(life.state().candidate);
  EXPECT_THAT(metrics(), HasSubstr("chancery_renewals_total{result=\"success\"} 1"));
}

TEST_F(LifecycleTest, AReloadThatFailsIsRolledBack) {
  Lifecycle life = world_.life();
  enrol(life);
  const std::string before = world_.current();
  become_due(life);
  world_.tls.exit_fails = true;
  step(life);
  ASSERT_FALSE(last_);
  EXPECT_THAT(last_.error().message, HasSubstr("exit status 1"));
  EXPECT_EQ(world_.current(), before);
}

TEST_F(LifecycleTest, NothingToGoBackToKeepsTheNewOne) {
  Lifecycle life = world_.life();
  world_.tls.down = true;
  world_.bring_token();
  step(life);
  ASSERT_FALSE(last_);
  EXPECT_THAT(last_.error().message, HasSubstr("no valid earlier certificate"));
  EXPECT_NE(world_.current(), "");
  world_.tls.down = false;
  world_.clock.set(*life.state().issue_not_before);
  EXPECT_EQ(step(life), ActionKind::install);
  EXPECT_TRUE(last_) << last_.error().message;
}

TEST_F(LifecycleTest, ItDoesNotGoBackToAnExpiredCertificate) {
  Lifecycle life = world_.life();
  enrol(life);
  const std::string before = world_.current();
  world_.clock.advance(Seconds(1000));
  world_.bring_token("new-token");
  world_.tls.deaf = true;
  EXPECT_EQ(step(life), ActionKind::enrol);
  EXPECT_FALSE(last_);
  EXPECT_NE(world_.current(), before);
}

TEST_F(LifecycleTest, BeingStoppedDuringTheProofIsNoReasonToGoBack) {
  Lifecycle life = world_.life();
  enrol(life);
  become_due(life);
  world_.tls.deaf = true;
  world_.waiter.waits = 1;
  step(life);
  EXPECT_FALSE(last_);
  EXPECT_EQ(world_.current(), life.state().candidate->serial);
  EXPECT_THAT(world_.logger.events, Not(::testing::Contains("agent.rolled_back")));
  world_.tls.deaf = false;
  world_.waiter.waits = 1000;
  world_.clock.advance(Seconds(3));
  Lifecycle restarted = world_.life();
  EXPECT_EQ(step(restarted), ActionKind::install);
  EXPECT_TRUE(last_) << last_.error().message;
}

TEST_F(LifecycleTest, ACrashBetweenSwapAndProofIsTakenUpAgain) {
  Lifecycle life = world_.life();
  enrol(life);
  become_due(life);
  world_.tls.deaf = true;
  step(life);
  const std::string candidate = life.state().candidate->serial;
  // As if the agent had died after the swap: the new version is current, nothing has proven it.
  ASSERT_TRUE(Installer(world_.files, world_.config.certificates.front()).activate(candidate));
  world_.tls.deaf = false;
  world_.clock.advance(Seconds(3));
  Lifecycle restarted = world_.life();
  EXPECT_EQ(step(restarted), ActionKind::install);
  ASSERT_TRUE(last_) << last_.error().message;
  EXPECT_EQ(world_.current(), candidate);
  EXPECT_EQ(world_.tls.served->serial, candidate);
}

TEST_F(LifecycleTest, AForgedCertificateIsRefusedBeforeInstallation) {
  Lifecycle life = world_.life();
  enrol(life);
  const std::string before = world_.current();
  const testing::OpensslCa forger(world_.clock.now() - Seconds(60), world_.clock.now() + Seconds(86400));
  world_.service.forger = &forger;
  become_due(life);
  step(life);
  ASSERT_FALSE(last_);
  EXPECT_THAT(last_.error().message, HasSubstr("is refused"));
  EXPECT_EQ(world_.current(), before);
  EXPECT_FALSE(life.state().pending);
  EXPECT_FALSE(life.state().candidate);
}

TEST_F(LifecycleTest, OtherNamesThanRequestedAreRefused) {
  world_.service.names = "DNS:web.example,DNS:more.example";
  Lifecycle life = world_.life();
  world_.bring_token();
  step(life);
  ASSERT_FALSE(last_);
  EXPECT_THAT(last_.error().message, HasSubstr("names"));
  EXPECT_EQ(world_.current(), "");
}

TEST_F(LifecycleTest, AServiceFoundStaleIsReloaded) {
  Lifecycle life = world_.life();
  enrol(life);
  world_.tls.served->serial = "01ffff";
  world_.clock.advance(world_.config.check_interval);
  EXPECT_EQ(step(life), ActionKind::verify);
  EXPECT_TRUE(last_) << last_.error().message;
  EXPECT_EQ(world_.tls.reloads, 2);
  EXPECT_THAT(world_.logger.events, ::testing::Contains("agent.stale"));
}

TEST_F(LifecycleTest, AServiceThatIsDownFailsTheLookAndNotTheRenewal) {
  Lifecycle life = world_.life();
  enrol(life);
  world_.tls.down = true;
  world_.clock.advance(world_.config.check_interval);
  EXPECT_EQ(step(life), ActionKind::verify);
  EXPECT_FALSE(last_);
  EXPECT_EQ(life.state().verify_failures, 1);
  EXPECT_FALSE(life.state().issue_not_before);
  EXPECT_EQ(planned(life).kind, ActionKind::wait);
  become_due(life);
  EXPECT_EQ(planned(life).kind, ActionKind::renew);
}

TEST_F(LifecycleTest, WithoutAVerifyTargetTheReloadIsBelieved) {
  world_.config.certificates.front().verify.reset();
  Lifecycle life = world_.life();
  enrol(life);
  EXPECT_EQ(world_.tls.probes, 0);
  EXPECT_EQ(world_.tls.reloads, 1);
  EXPECT_THAT(world_.logger.events, ElementsAre("agent.enrolled", "agent.installed"));
}

TEST_F(LifecycleTest, ALostStateCostsNothingButTheMemory) {
  {
    Lifecycle life = world_.life();
    enrol(life);
  }
  testing::write_text(world_.config.state_directory + "/web.json", "{broken");
  Lifecycle life = world_.life();
  EXPECT_THAT(world_.logger.events, ::testing::Contains("agent.state_lost"));
  ASSERT_TRUE(life.inventory().installed);
  EXPECT_EQ(life.inventory().installed->renew_after, world_.clock.now() + Seconds(60));  // two thirds of 90 s
  become_due(life);
  EXPECT_EQ(step(life), ActionKind::renew);
  EXPECT_TRUE(last_) << last_.error().message;
}

}  // namespace
}  // namespace chancery::agent
