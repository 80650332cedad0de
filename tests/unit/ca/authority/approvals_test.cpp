// A profile may want others than the requester to agree. Each race and each way around it is a test.
#include <gmock/gmock.h>

#include "ca/base/retry_after.h"
#include "tests/unit/ca/authority/approvals_fixture.h"

namespace chancery::authority {
namespace {

using store::RequestState;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(ApprovalsTest, ARequestWaitsAndTheLastApprovalIssuesIt) {
  const store::Token paying = token();
  const std::size_t before = certificates();
  observer.steps.clear();
  const Asked what = asked("key-1");
  const store::ApprovalRequest request = waiting(ask(paying, what));
  EXPECT_EQ(request.id.size(), 32U);
  EXPECT_EQ(request.expires_at, clock.now() + Seconds(7 * 86400));
  EXPECT_THAT(request.names, ElementsAre("dns:web.svc.internal"));
  EXPECT_THAT(observer.steps, ElementsAre(Step::policy, Step::prepare));
  EXPECT_EQ(certificates(), before);
  EXPECT_EQ(current(paying).reserved, 1);
  EXPECT_EQ(audit_types().back(), "request.created");

  EXPECT_EQ(waiting(ask(paying, what)).id, request.id);
  observer.steps.clear();
  const RecordedCertificate certificate = issued(approve(request, bob));
  EXPECT_THAT(observer.steps, ElementsAre(Step::policy, Step::prepare, Step::intent, Step::sign, Step::check,
                                          Step::record, Step::answer));
  EXPECT_THAT(certificate.record().approvers, ElementsAre("bob"));
  EXPECT_EQ(state(request), RequestState::issued);
  EXPECT_EQ(current(paying).used, 1);
  EXPECT_EQ(current(paying).reserved, 0);
  const std::vector<std::string> types = audit_types();
  EXPECT_THAT(std::vector<std::string>(types.end() - 3, types.end()),
              ElementsAre("request.approved", "issuance.intent", "certificate.issued"));
  EXPECT_THAT(audit_entries().back().event.fields, HasSubstr(R"("approvers":["bob"])"));

  const RecordedCertificate again = issued(ask(paying, what));
  EXPECT_TRUE(again.replayed());
  EXPECT_EQ(again.record().serial, certificate.record().serial);
}

TEST_F(ApprovalsTest, WhatPolicyOrLintsRefuseNeverWaits) {
  const store::Token paying = token();
  EXPECT_EQ(ask(paying, asked("", "dns:evil.example")).error().code, ErrorCode::forbidden);
  EXPECT_TRUE(test::must(authority->list_requests({}, "", 10)).requests.empty());
  EXPECT_EQ(current(paying).reserved, 0);
}

TEST_F(ApprovalsTest, TwoApprovalsAreOfTwoOthers) {
  want(2);
  const store::ApprovalRequest request = waiting(ask(token(), asked()));
  EXPECT_EQ(waiting(approve(request, bob)).approvals.size(), 1U);
  EXPECT_EQ(approve(request, bob).error().code, ErrorCode::conflict);
  EXPECT_THAT(issued(approve(request, carol)).record().approvers, ElementsAre("bob", "carol"));
  EXPECT_EQ(approve(request, carol).error().code, ErrorCode::conflict);
}

TEST_F(ApprovalsTest, NobodyApprovesTheirOwn) {
  const Authentication alice = certified("alice");  // enroll() makes tokens in this name
  const store::ApprovalRequest by_token = waiting(ask(token(), asked()));
  EXPECT_EQ(approve(by_token, alice).error().code, ErrorCode::forbidden);

  const store::ApprovalRequest by_alice = waiting(authority->submit(test::must(
      alice.for_other(Identity("db-01"), ProfileName("service"), asked("", "dns:db.svc.internal")))));
  EXPECT_EQ(approve(by_alice, alice).error().code, ErrorCode::forbidden);
  // Another certificate of the same person changes nothing.
  EXPECT_EQ(approve(by_alice, certified("alice")).error().code, ErrorCode::forbidden);
  EXPECT_EQ(approve(by_alice, certified("dave", policy::Role::none)).error().code, ErrorCode::forbidden);
  EXPECT_EQ(approve(by_alice, test::Voucher::token(token())).error().code, ErrorCode::forbidden);
  EXPECT_EQ(state(by_alice), RequestState::pending);
  issued(approve(by_alice, bob));
}

TEST_F(ApprovalsTest, ARevokedOperatorDecidesNothing) {
  const store::ApprovalRequest request = waiting(ask(token(), asked()));
  ASSERT_TRUE(authority->revoke(bob.certificate()->certificate.serial, 4, Identity("x"), RequestId("r")));
  EXPECT_EQ(approve(request, bob).error().code, ErrorCode::forbidden);
  EXPECT_EQ(authority->reject_request(request.id, bob, "no", RequestId("r")).error().code,
            ErrorCode::forbidden);
  EXPECT_EQ(state(request), RequestState::pending);
}

TEST_F(ApprovalsTest, AnApprovalWhoseCertificateIsRevokedMeanwhileCountsNoMore) {
  want(2);
  const store::ApprovalRequest request = waiting(ask(token(), asked()));
  waiting(approve(request, bob));
  ASSERT_TRUE(authority->revoke(bob.certificate()->certificate.serial, 4, Identity("x"), RequestId("r")));
  EXPECT_EQ(approve(request, carol).error().code, ErrorCode::forbidden);
  EXPECT_EQ(state(request), RequestState::refused);
}

// Neither revoked nor expired: it is the profile of the approver's certificate that grants less by now.
TEST_F(ApprovalsTest, AnApproverWhoIsNoOperatorAtTheLastApprovalCountsNoMore) {
  want(2);
  auto admin = std::make_shared<policy::Profile>(*authority->profiles()->find(ProfileName("service")));
  admin->name = ProfileName("admin");
  admin->approvals.required = 0;
  auto service = std::make_shared<policy::Profile>(*authority->profiles()->find(ProfileName("service")));
  const auto use = [&](policy::Role of_bob) {
    service = std::make_shared<policy::Profile>(*service);
    service->grants = of_bob;
    authority->replace_profiles(std::make_shared<const policy::ProfileSet>(
        std::vector<std::shared_ptr<const policy::Profile>>{service, admin}));
  };
  use(policy::Role::operator_);
  const auto dave = test::must(
      authority->issue(test::Voucher::for_other("dave", "admin", csr_for({"dns:dave.svc.internal"}))));
  const Authentication last =
      test::Voucher::certificate(**store->find_certificate(dave.record().serial), policy::Role::operator_);
  const store::Token paying = token();
  const store::ApprovalRequest request = waiting(ask(paying, asked()));
  waiting(approve(request, bob));
  use(policy::Role::none);
  const auto refused = approve(request, last);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_THAT(refused.error().message, HasSubstr("an approver is no operator any more"));
  EXPECT_EQ(state(request), RequestState::refused);
  EXPECT_EQ(current(paying).reserved, 0);

  use(policy::Role::operator_);
  const store::ApprovalRequest anew = waiting(ask(paying, asked()));
  waiting(approve(anew, bob));
  issued(approve(anew, last));
}

TEST_F(ApprovalsTest, AQuotaIsJudgedWhenTheRequestIsKept) {
  auto profile = std::make_shared<policy::Profile>(*authority->profiles()->find(ProfileName("service")));
  profile->per_identity =
      policy::Quota{.count = 2, .window = Seconds(86400), .location = "service.yaml:30:3"};
  authority->replace_profiles(std::make_shared<const policy::ProfileSet>(
      std::vector<std::shared_ptr<const policy::Profile>>{std::move(profile)}));
  const store::ApprovalRequest first = waiting(ask(token(), asked()));
  issued(approve(first, bob));
  const store::ApprovalRequest second = waiting(ask(token(), asked()));
  const auto third = ask(token(), asked());
  ASSERT_FALSE(third);  // one is used, one is held
  EXPECT_EQ(third.error().code, ErrorCode::rate_limited);
  EXPECT_THAT(third.error().message, HasSubstr("service.yaml:30:3"));
  EXPECT_EQ(certificates(), 3U);
  EXPECT_EQ(test::must(authority->list_requests({}, "", 10)).requests.size(), 2U);
  clock.advance(Seconds(86400));
  const store::ApprovalRequest later = waiting(ask(token(), asked()));  // the first one's day is over
  issued(approve(second, bob));
  issued(approve(later, bob));
  EXPECT_EQ(ask(token(), asked()).error().code, ErrorCode::rate_limited);
}

// Whose time is over holds nothing, though nobody has ended it yet.
TEST_F(ApprovalsTest, ARequestThatHasExpiredHoldsNoQuota) {
  auto profile = std::make_shared<policy::Profile>(*authority->profiles()->find(ProfileName("service")));
  profile->per_identity =
      policy::Quota{.count = 1, .window = Seconds(86400), .location = "service.yaml:30:3"};
  authority->replace_profiles(std::make_shared<const policy::ProfileSet>(
      std::vector<std::shared_ptr<const policy::Profile>>{std::move(profile)}));
  const store::ApprovalRequest first = waiting(ask(token(), asked()));
  clock.advance(Seconds(7 * 86400));
  waiting(ask(token(), asked()));
  EXPECT_EQ(state(first), RequestState::expired);
}

TEST_F(ApprovalsTest, TheLastApprovalIsJudgedByThePolicyOfNow) {
  const store::Token paying = token();
  const Asked what = asked("key-1");
  const store::ApprovalRequest request = waiting(ask(paying, what));
  want(1, false, "*.other.internal");
  const auto refused = approve(request, bob);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_THAT(refused.error().message, HasSubstr("service.yaml:9:5"));
  EXPECT_EQ(state(request), RequestState::refused);
  EXPECT_EQ(current(paying).reserved, 0);
  EXPECT_EQ(current(paying).used, 0);
  EXPECT_EQ(audit_types().back(), "request.refused");
  EXPECT_EQ(ask(paying, what).error().code, ErrorCode::forbidden);
}

TEST_F(ApprovalsTest, AProfileThatWantsMoreByNowGetsMore) {
  const store::ApprovalRequest request = waiting(ask(token(), asked()));
  want(2);
  EXPECT_EQ(waiting(approve(request, bob)).required, 2);
  want(0);
  issued(approve(request, carol));
}

TEST_F(ApprovalsTest, WhatIsKeptIsFoundThoughTheProfileWantsNoApprovalsByNow) {
  const store::Token paying = token();
  for (const std::string& key : {std::string("key-1"), std::string()}) {
    want(1);
    const store::Token own = key.empty() ? token() : paying;
    const Asked what = asked(key);
    const store::ApprovalRequest request = waiting(ask(own, what));
    want(0);
    EXPECT_EQ(waiting(ask(own, what)).id, request.id);
    issued(approve(request, bob));
    EXPECT_TRUE(issued(ask(own, what)).replayed());
  }
}

TEST_F(ApprovalsTest, APollThatRacesTheLastApprovalGetsTheCertificate) {
  const store::Token paying = token();
  const Asked what = asked("key-1");
  // Approved and issued while the repeat is between its first look and its own attempt to be kept.
  bool raced = false;
  observer.hooks[Step::prepare] = [&] {
    if (!std::exchange(raced, true)) issued(approve(waiting(ask(paying, what)), bob));
  };
  EXPECT_TRUE(issued(ask(paying, what)).replayed());
}

TEST_F(ApprovalsTest, WhoAskedAsAnOperatorMustBeOneStill) {
  const store::ApprovalRequest request = waiting(authority->submit(test::must(
      carol.for_other(Identity("db-01"), ProfileName("service"), asked("", "dns:db.svc.internal")))));
  auto profile = std::make_shared<policy::Profile>(*authority->profiles()->find(ProfileName("service")));
  profile->grants = policy::Role::none;
  authority = std::make_unique<Authority>(
      AuthorityOptions{.profiles = std::make_shared<const policy::ProfileSet>(
                           std::vector<std::shared_ptr<const policy::Profile>>{std::move(profile)}),
                       .issuer = authority->issuer()},
      *store, clock, random, observer);
  EXPECT_EQ(approve(request, bob).error().code, ErrorCode::forbidden);
  EXPECT_EQ(state(request), RequestState::refused);
}

TEST_F(ApprovalsTest, ALateApprovalIsNone) {
  const store::Token paying = test::must(enroll(1, Seconds(8 * 86400 - 86400))).record;
  const Asked what = asked("key-1");
  const store::ApprovalRequest request = waiting(ask(paying, what));
  clock.advance(Seconds(7 * 86400));
  EXPECT_EQ(approve(request, bob).error().code, ErrorCode::conflict);
  EXPECT_EQ(state(request), RequestState::expired);
  EXPECT_EQ(audit_types().back(), "request.expired");
  EXPECT_EQ(current(paying).reserved, 0);
  const auto told = ask(paying, what);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::forbidden);
  EXPECT_THAT(told.error().message, HasSubstr("in time"));
}

TEST_F(ApprovalsTest, AnExpiredRequestGivesItsTokenToTheNext) {
  auto profile = std::make_shared<policy::Profile>(*authority->profiles()->find(ProfileName("service")));
  profile->approvals.expires_after = Seconds(60);
  authority = std::make_unique<Authority>(
      AuthorityOptions{.profiles = std::make_shared<const policy::ProfileSet>(
                           std::vector<std::shared_ptr<const policy::Profile>>{std::move(profile)}),
                       .issuer = authority->issuer()},
      *store, clock, random, observer);
  const store::Token paying = token();
  const store::ApprovalRequest first = waiting(ask(paying, asked()));
  EXPECT_EQ(ask(paying, asked()).error().code, ErrorCode::conflict);
  clock.advance(Seconds(60));
  const store::ApprovalRequest second = waiting(ask(paying, asked()));
  EXPECT_EQ(state(first), RequestState::expired);
  EXPECT_EQ(state(second), RequestState::pending);
}

TEST_F(ApprovalsTest, ARejectionSaysWhyAndSpendsTheToken) {
  const store::Token paying = token();
  const Asked what = asked("key-1");
  const store::ApprovalRequest request = waiting(ask(paying, what));
  for (const std::string& bad : {std::string(), std::string(257, 'x'), std::string("two\nlines"),
                                 std::string("turned \xe2\x80\xae around"), std::string("\xff")}) {
    EXPECT_EQ(authority->reject_request(request.id, bob, bad, RequestId("r")).error().code,
              ErrorCode::validation);
  }
  const auto rejected = authority->reject_request(request.id, bob, std::string(256, 'x'), RequestId("r"));
  ASSERT_TRUE(rejected) << rejected.error().message;
  EXPECT_EQ(rejected->state, RequestState::rejected);
  EXPECT_EQ(rejected->ended_by, Identity("bob"));
  EXPECT_EQ(current(paying).used, 1);
  EXPECT_EQ(approve(request, carol).error().code, ErrorCode::conflict);
  const auto told = ask(paying, what);
  EXPECT_EQ(told.error().code, ErrorCode::forbidden);
  EXPECT_THAT(told.error().message, HasSubstr("xxx"));
  EXPECT_EQ(ask(paying, asked()).error().code, ErrorCode::conflict);
}

TEST_F(ApprovalsTest, OnlyWhoeverAskedTakesItBackOrSeesIt) {
  const store::Token paying = token();
  const store::ApprovalRequest request = waiting(ask(paying, asked()));
  const Authentication asker = test::Voucher::token(paying);
  const Authentication stranger = certified("dave", policy::Role::none);
  EXPECT_EQ(authority->find_request(request.id, stranger).error().code, ErrorCode::not_found);
  EXPECT_EQ(authority->find_request(request.id, test::Voucher::token(token())).error().code,
            ErrorCode::not_found);
  EXPECT_TRUE(authority->find_request(request.id, asker));
  EXPECT_TRUE(authority->find_request(request.id, bob));
  EXPECT_EQ(authority->cancel_request(request.id, bob, RequestId("r")).error().code, ErrorCode::forbidden);
  const auto cancelled = authority->cancel_request(request.id, asker, RequestId("r"));
  ASSERT_TRUE(cancelled) << cancelled.error().message;
  EXPECT_EQ(cancelled->state, RequestState::cancelled);
  EXPECT_EQ(current(paying).reserved, 0);
  EXPECT_EQ(approve(request, bob).error().code, ErrorCode::conflict);
}

TEST_F(ApprovalsTest, RenewalsOfAnApprovedCertificateNeedNoneUnlessTheProfileSaysSo) {
  const store::ApprovalRequest request = waiting(ask(token(), asked()));
  const RecordedCertificate first = issued(approve(request, bob));
  const auto renew = [&](const std::string& serial) {
    return authority->renew(test::Voucher::certificate(**store->find_certificate(serial)), asked());
  };
  const RecordedCertificate second = issued(renew(first.record().serial));
  EXPECT_THAT(second.record().approvers, ElementsAre("bob"));
  const RecordedCertificate third = issued(renew(second.record().serial));
  want(2);
  waiting(renew(third.record().serial));
  want(1, true);
  const store::ApprovalRequest renewal = waiting(renew(second.record().serial));
  EXPECT_EQ(renewal.renews, second.record().serial);
  const RecordedCertificate fourth = issued(approve(renewal, carol));
  EXPECT_EQ(fourth.record().renewed_from, second.record().serial);
  EXPECT_THAT(fourth.record().approvers, ElementsAre("carol"));
}

TEST_F(ApprovalsTest, TheRenewalOfACertificateThatNobodyApprovedWaits) {
  const Authentication old = certified("web-02", policy::Role::none);
  const auto answered = authority->renew(old, asked("", "dns:web-02.svc.internal"));
  const store::ApprovalRequest request = waiting(answered);
  clock.advance(Seconds(91 * 86400));
  EXPECT_EQ(state(request), RequestState::pending);
  EXPECT_EQ(approve(request, certified("erin")).error().code, ErrorCode::conflict);
}

TEST_F(ApprovalsTest, ARenewalWhoseCertificateIsRevokedMeanwhileIsRefused) {
  const Authentication old = certified("web-02", policy::Role::none);
  const store::ApprovalRequest request = waiting(authority->renew(old, asked("", "dns:web-02.svc.internal")));
  ASSERT_TRUE(authority->revoke(old.certificate()->certificate.serial, 4, Identity("x"), RequestId("r")));
  EXPECT_EQ(approve(request, bob).error().code, ErrorCode::forbidden);
  EXPECT_EQ(state(request), RequestState::refused);
}

TEST_F(ApprovalsTest, WhoWaitsIsLimited) {
  const auto host = [&](const std::string& identity) {
    return authority->submit(test::must(
        bob.for_other(Identity(identity), ProfileName("service"), asked("", "dns:web.svc.internal"))));
  };
  const auto told = [&](const std::string& identity) {
    const Error refusal = host(identity).error();
    EXPECT_EQ(refusal.code, ErrorCode::rate_limited);
    EXPECT_EQ(refusal.details.size(), 1U);
    EXPECT_EQ(refusal.details.back().rule, retry_after_rule);
    return refusal.details.back().value;
  };
  const store::ApprovalRequest first = waiting(host("web-01"));
  for (int i = 0; i < 2; ++i) waiting(host("web-01"));
  EXPECT_EQ(told("web-01"), "60");
  for (int i = 0; i < 2; ++i) waiting(host("web-02"));
  EXPECT_EQ(told("web-03"), "60");
  clock.set(first.expires_at - Seconds(7));
  EXPECT_EQ(told("web-01"), "7");
  EXPECT_EQ(told("web-03"), "7");
  clock.advance(Seconds(7));
  waiting(host("web-03"));
}

TEST_F(ApprovalsTest, AWithdrawnTokenTakesItsRequestsAlong) {
  const store::Token paying = token();
  const store::ApprovalRequest request = waiting(ask(paying, asked()));
  const auto withdrawn = authority->withdraw(paying.hash, Identity("bob"), RequestId("r"));
  ASSERT_TRUE(withdrawn) << withdrawn.error().message;
  EXPECT_EQ(withdrawn->withdrawn_by, Identity("bob"));
  EXPECT_EQ(state(request), RequestState::cancelled);
  EXPECT_EQ(audit_types().back(), "enrollment.withdrawn");
  EXPECT_EQ(ask(paying, asked()).error().code, ErrorCode::unauthorized);
}

TEST_F(ApprovalsTest, ExplainSaysHowManyItWouldWaitFor) {
  const auto request = test::must(test::Voucher::token(token()).for_own(asked()));
  EXPECT_EQ(authority->explain(request).approvals, 1);
}

TEST_F(ApprovalsTest, WhoeverCannotWaitIsTold) {
  const auto request = test::must(test::Voucher::token(token()).for_own(asked()));
  EXPECT_EQ(authority->issue(request).error().code, ErrorCode::forbidden);
}

}  // namespace
}  // namespace chancery::authority
