// A last approval that meets another, a fault of ours or a crash.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/unit/ca/authority/approvals_fixture.h"

namespace chancery::authority {
namespace {

using store::RequestState;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(ApprovalsTest, OfTwoLastApprovalsAtTheSameMomentOneCertificateComes) {
  struct NoSteps final : StepObserver {
    void finished(Step) override {}
  } no_steps;
  want(2);
  Authority shared({.profiles = authority->profiles(), .issuer = authority->issuer()}, *store, clock, random,
                   no_steps);
  for (int round = 0; round < 10; ++round) {
    const store::ApprovalRequest request = waiting(ask(token(), asked()));
    const std::size_t before = certificates();
    {
      const std::jthread one([&] { (void)shared.approve_request(request.id, bob, RequestId("r")); });
      const std::jthread other([&] { (void)shared.approve_request(request.id, carol, RequestId("r")); });
    }
    EXPECT_EQ(state(request), RequestState::issued);
    EXPECT_EQ(certificates(), before + 1);
  }
}

TEST_F(ApprovalsTest, AFaultOfOursLeavesItApprovedForTheNextTry) {
  const store::Token paying = token();
  const Asked what = asked("key-1");
  const store::ApprovalRequest request = waiting(ask(paying, what));
  approve_on_a_full_disk(request, bob, Step::prepare);
  EXPECT_EQ(state(request), RequestState::approved);
  EXPECT_EQ(current(paying).reserved, 1);
  const RecordedCertificate certificate = issued(ask(paying, what));
  EXPECT_THAT(certificate.record().approvers, ElementsAre("bob"));
  EXPECT_EQ(state(request), RequestState::issued);
}

TEST_F(ApprovalsTest, ATryThatCouldNotEvenBeEndedIsEndedByTheNextOne) {
  for (const bool by_its_requester : {true, false}) {
    const store::Token paying = token();
    const Asked what = asked();
    const store::ApprovalRequest request = waiting(ask(paying, what));
    approve_on_a_full_disk(request, bob, Step::sign);
    EXPECT_EQ(store->open_intents()->size(), 1U);
    issued(by_its_requester ? ask(paying, what) : approve(request, carol));
    EXPECT_TRUE(store->open_intents()->empty());
    EXPECT_EQ(current(paying).used, 1);
    EXPECT_EQ(current(paying).reserved, 0);
  }
}

TEST_F(ApprovalsTest, ATokenThatIsWithdrawnDuringATryIsNotTheApproversFault) {
  const store::Token paying = token();
  const store::ApprovalRequest request = waiting(ask(paying, asked()));
  observer.hooks[Step::intent] = [&] {
    EXPECT_TRUE(authority->withdraw(paying.hash, Identity("alice"), RequestId("r")));
    throw std::runtime_error("killed");
  };
  EXPECT_THROW((void)approve(request, bob), std::runtime_error);
  observer.hooks.clear();
  EXPECT_EQ(*authority->recover(), 1);
  EXPECT_EQ(state(request), RequestState::approved);
  const auto refused = approve(request, carol);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden) << "unauthorized would be about carol's own";
  EXPECT_THAT(refused.error().message, HasSubstr("withdrawn"));
  EXPECT_EQ(state(request), RequestState::refused);
  EXPECT_EQ(current(paying).reserved, 0);
}

TEST_F(ApprovalsTest, ALaterTryNeedsTheApprovalsThatTheProfileWantsByThen) {
  const store::Token paying = token();
  const Asked what = asked("key-1");
  const store::ApprovalRequest request = waiting(ask(paying, what));
  approve_on_a_full_disk(request, bob, Step::prepare);
  want(2);
  EXPECT_EQ(ask(paying, what).error().code, ErrorCode::forbidden);
  EXPECT_EQ(state(request), RequestState::refused);
  EXPECT_EQ(current(paying).reserved, 0);
}

TEST_F(ApprovalsTest, ACrashAfterTheIntentLeavesItApprovedToo) {
  const store::ApprovalRequest request = waiting(ask(token(), asked()));
  observer.hooks[Step::sign] = [] { throw std::runtime_error("killed"); };
  EXPECT_THROW((void)approve(request, bob), std::runtime_error);
  observer.hooks.clear();
  EXPECT_EQ(*authority->recover(), 1);
  EXPECT_EQ(state(request), RequestState::approved);
  issued(approve(request, carol));
  EXPECT_EQ((*store->find_request(request.id))->approvals.size(), 1U) << "nothing was left to approve";
}

}  // namespace
}  // namespace chancery::authority
