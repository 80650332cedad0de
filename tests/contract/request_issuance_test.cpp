// Contract: an approved request and the certificate it becomes.
#include <gmock/gmock.h>

#include "tests/contract/request_contract.h"

namespace chancery::store::test {
namespace {

class StoreApprovedRequests : public RequestContract {};
FOR_EVERY_STORE(StoreApprovedRequests);

TEST_P(StoreApprovedRequests, OnlyAnApprovedOneIsIssuedAndOnce) {
  EXPECT_OK(add(make_token(50)));
  EXPECT_OK(add_request(by_token(11, 50)));
  const Intent intent = answer_to(request(11), 61);
  EXPECT_CODE(begin(intent), conflict);
  EXPECT_OK(approve(11, first_approver));
  Intent other = intent;
  other.request_hash = digest_of(99);
  EXPECT_CODE(begin(other), conflict);
  EXPECT_OK(begin(intent));
  Intent again = answer_to(request(11), 62);
  EXPECT_CODE(begin(again), unavailable);
  EXPECT_CODE(end(11, RequestState::expired, Seconds(200)), unavailable);
  EXPECT_EQ(token(digest_of(50)).reserved, 1);
  EXPECT_OK(complete(certificate_of(intent, 61)));
  EXPECT_EQ(state(11), RequestState::issued);
  EXPECT_EQ(request(11).serial, serial_of(61));
  EXPECT_EQ(token(digest_of(50)).used, 1);
  EXPECT_EQ(token(digest_of(50)).reserved, 0);
  EXPECT_CODE(begin(again), conflict);
}

TEST_P(StoreApprovedRequests, AnAbandonedIssuanceLeavesThemApproved) {
  EXPECT_OK(add(make_token(50)));
  EXPECT_OK(add_request(by_token(11, 50)));
  EXPECT_OK(approve(11, first_approver));
  EXPECT_OK(begin(answer_to(request(11), 61)));
  EXPECT_OK(abandon(serial_of(61)));
  EXPECT_EQ(state(11), RequestState::approved);
  EXPECT_EQ(token(digest_of(50)).reserved, 1);
  const Intent retry = answer_to(request(11), 62);
  EXPECT_OK(begin(retry));
  EXPECT_OK(complete(certificate_of(retry, 62)));
  EXPECT_EQ(state(11), RequestState::issued);
}

TEST_P(StoreApprovedRequests, AnApprovalThatWasRevokedSinceOrIsTooOldBuysNothing) {
  EXPECT_OK(add_request(make_request(11)));
  EXPECT_OK(approve(11, first_approver));
  EXPECT_OK(add_request(make_request(21)));
  EXPECT_OK(approve(21, first_approver));
  Intent late = answer_to(request(21), 62);
  late.created_at = start + Seconds(100);
  EXPECT_CODE(begin(late), conflict);
  EXPECT_OK(revoke(serial_of(first_approver), 4));
  EXPECT_CODE(begin(answer_to(request(11), 61)), forbidden);
  EXPECT_OK(end(21, RequestState::expired, Seconds(100)));
}

TEST_P(StoreApprovedRequests, TheAskersRevokedCertificateGetsNothing) {
  EXPECT_OK(add_request(make_request(11)));
  EXPECT_OK(approve(11, first_approver));
  EXPECT_OK(revoke(serial_of(asker), 4));
  EXPECT_CODE(begin(answer_to(request(11), 61)), forbidden);
  EXPECT_CODE(add_request(make_request(21)), forbidden);
}

TEST_P(StoreApprovedRequests, EndWithTheirWithdrawnToken) {
  EXPECT_OK(add(make_token(50, 3)));
  EXPECT_OK(add_request(by_token(11, 50)));
  EXPECT_OK(add_request(by_token(21, 50)));
  EXPECT_OK(approve(21, first_approver));
  const Intent open = answer_to(request(21), 61);
  EXPECT_OK(begin(open));
  EXPECT_OK(store_->withdraw_token(digest_of(50), start + Seconds(5), Identity("bob"),
                                   event("enrollment.withdrawn", "node-1")));
  EXPECT_EQ(state(11), RequestState::cancelled);
  EXPECT_EQ(state(21), RequestState::approved);
  EXPECT_EQ(token(digest_of(50)).reserved, 1);
  EXPECT_OK(complete(certificate_of(open, 61)));
  EXPECT_EQ(token(digest_of(50)).used, 1);
  EXPECT_CODE(add_request(by_token(31, 50)), unauthorized);
}

TEST_P(StoreApprovedRequests, BuyNothingWithATokenThatWasWithdrawnBeforeTheNextTry) {
  EXPECT_OK(add(make_token(50)));
  EXPECT_OK(add_request(by_token(11, 50)));
  EXPECT_OK(approve(11, first_approver));
  EXPECT_OK(begin(answer_to(request(11), 61)));
  EXPECT_OK(store_->withdraw_token(digest_of(50), start + Seconds(5), Identity("bob"),
                                   event("enrollment.withdrawn", "node-1")));
  EXPECT_OK(abandon(serial_of(61)));
  EXPECT_CODE(begin(answer_to(request(11), 62)), unauthorized);
  EXPECT_OK(end(11, RequestState::refused));
  EXPECT_EQ(token(digest_of(50)).reserved, 0);
}

}  // namespace
}  // namespace chancery::store::test
