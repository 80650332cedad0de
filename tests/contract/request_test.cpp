// Contract: requests that wait for approval. Whatever decides one is decided in its commit.
#include <gmock/gmock.h>

#include <latch>
#include <thread>

#include "ca/base/retry_after.h"
#include "tests/contract/request_contract.h"

namespace chancery::store::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StoreRequests : public RequestContract {};
FOR_EVERY_STORE(StoreRequests);

TEST_P(StoreRequests, KeepEveryMember) {
  EXPECT_OK(add(make_token(50)));
  ApprovalRequest asked = by_token(11, 50);
  asked.idempotency_key = "key-11";
  asked.renews = serial_of(asker);
  EXPECT_OK(add_request(asked));
  const ApprovalRequest found = request(11);
  EXPECT_EQ(found.state, RequestState::pending);
  EXPECT_EQ(found.identity, asked.identity);
  EXPECT_EQ(found.profile, asked.profile);
  EXPECT_EQ(found.profile_hash, asked.profile_hash);
  EXPECT_EQ(found.csr, asked.csr);
  EXPECT_EQ(found.request_hash, asked.request_hash);
  EXPECT_EQ(found.spki_hash, asked.spki_hash);
  EXPECT_EQ(found.names, asked.names);
  EXPECT_EQ(found.bound_names, asked.bound_names);
  EXPECT_EQ(found.by_operator, asked.by_operator);
  EXPECT_EQ(found.actor, asked.actor);
  EXPECT_EQ(found.actor_profile, asked.actor_profile);
  EXPECT_EQ(found.authorised_by, asked.authorised_by);
  EXPECT_EQ(found.token_hash, asked.token_hash);
  EXPECT_EQ(found.renews, asked.renews);
  EXPECT_EQ(found.idempotency_key, asked.idempotency_key);
  EXPECT_EQ(found.request_id, asked.request_id);
  EXPECT_EQ(found.required, 1);
  EXPECT_EQ(found.created_at, asked.created_at);
  EXPECT_EQ(found.expires_at, asked.expires_at);
  EXPECT_FALSE(found.ended_at);
  EXPECT_THAT(found.approvals, IsEmpty());
  EXPECT_TRUE(store_->has_requests(digest_of(50)).value());
  EXPECT_FALSE(store_->has_requests(digest_of(51)).value());
  EXPECT_FALSE(store_->find_request("id-12").value().has_value());
  EXPECT_EQ(audit_types().back(), "request.created");
}

TEST_P(StoreRequests, HoldATokensUseUntilTheyEnd) {
  EXPECT_OK(add(make_token(50)));
  EXPECT_OK(add_request(by_token(11, 50)));
  EXPECT_EQ(token(digest_of(50)).reserved, 1);
  EXPECT_CODE(add_request(by_token(21, 50)), conflict);
  EXPECT_OK(end(11, RequestState::cancelled));
  EXPECT_EQ(token(digest_of(50)).reserved, 0);
  EXPECT_EQ(token(digest_of(50)).used, 0);

  EXPECT_OK(add_request(by_token(21, 50)));
  EXPECT_OK(end(21, RequestState::expired, Seconds(100)));
  EXPECT_EQ(token(digest_of(50)).reserved, 0);

  EXPECT_OK(add_request(by_token(31, 50)));
  EXPECT_OK(end(31, RequestState::rejected));
  EXPECT_EQ(token(digest_of(50)).reserved, 0);
  EXPECT_EQ(token(digest_of(50)).used, 1) << "a rejection is an answer";
  EXPECT_CODE(add_request(by_token(41, 50)), conflict);
}

TEST_P(StoreRequests, TheLastApprovalApproves) {
  EXPECT_OK(add_request(make_request(11, 2)));
  EXPECT_OK(approve(11, first_approver));
  EXPECT_EQ(state(11), RequestState::pending);
  EXPECT_OK(approve(11, second_approver));
  EXPECT_EQ(state(11), RequestState::approved);
  ASSERT_EQ(request(11).approvals.size(), 2U);
  EXPECT_EQ(request(11).approvals[0].approver, Identity("node-2"));
  EXPECT_EQ(request(11).approvals[1].serial, serial_of(second_approver));
  EXPECT_CODE(approve(11, first_approver), conflict);
}

TEST_P(StoreRequests, MoreApprovalsThanWereAskedForCanBeDemandedLater) {
  EXPECT_OK(add_request(make_request(11, 1)));
  EXPECT_OK(approve(11, first_approver, Seconds(1), 2));
  EXPECT_EQ(state(11), RequestState::pending);
  EXPECT_OK(approve(11, second_approver, Seconds(1), 0));
  EXPECT_EQ(state(11), RequestState::approved);
}

TEST_P(StoreRequests, NobodyApprovesTheirOwnOrTwice) {
  Token made = make_token(50);
  made.created_by = Identity("node-2");
  EXPECT_OK(add(made));
  EXPECT_OK(add_request(by_token(11, 50)));
  EXPECT_CODE(approve(11, first_approver), forbidden);  // made the token
  EXPECT_OK(approve(11, second_approver, Seconds(1), 2));
  EXPECT_CODE(approve(11, second_approver, Seconds(1), 2), conflict);
  EXPECT_EQ(state(11), RequestState::pending);

  EXPECT_OK(add_request(make_request(21)));
  EXPECT_CODE(approve(21, asker), forbidden);
  ApprovalRequest for_approver = make_request(31);
  for_approver.identity = Identity("node-2");
  EXPECT_OK(add_request(for_approver));
  EXPECT_CODE(approve(31, first_approver), forbidden);
  EXPECT_EQ(state(31), RequestState::pending);
}

TEST_P(StoreRequests, ARevokedCertificateDecidesNothing) {
  EXPECT_OK(add_request(make_request(11)));
  EXPECT_OK(revoke(serial_of(first_approver), 4));
  EXPECT_CODE(approve(11, first_approver), forbidden);
  EXPECT_CODE(end(11, RequestState::rejected, Seconds(1), serial_of(first_approver)), forbidden);
  EXPECT_CODE(approve(11, 99), forbidden);  // never issued
  EXPECT_EQ(state(11), RequestState::pending);
  EXPECT_OK(end(11, RequestState::rejected, Seconds(1), serial_of(second_approver)));
  EXPECT_EQ(request(11).reason, "because");
  EXPECT_EQ(request(11).ended_by, Identity("somebody"));
}

TEST_P(StoreRequests, OnlyWhatIsPendingAndInTimeIsDecided) {
  EXPECT_OK(add_request(make_request(11)));
  EXPECT_CODE(end(11, RequestState::expired, Seconds(99)), conflict);
  EXPECT_CODE(approve(11, first_approver, Seconds(100)), conflict);
  EXPECT_CODE(end(11, RequestState::rejected, Seconds(100)), conflict);
  EXPECT_CODE(end(11, RequestState::cancelled, Seconds(100)), conflict);
  EXPECT_CODE(end(11, RequestState::refused), conflict);  // not approved
  EXPECT_OK(approve(11, first_approver, Seconds(99)));
  EXPECT_CODE(end(11, RequestState::rejected), conflict);
  EXPECT_CODE(end(11, RequestState::cancelled), conflict);
  EXPECT_OK(end(11, RequestState::refused));
  EXPECT_CODE(end(11, RequestState::refused), conflict);
  EXPECT_CODE(approve(11, second_approver), conflict);
  EXPECT_CODE(approve(12, second_approver), not_found);
  EXPECT_CODE(end(12, RequestState::rejected), not_found);
}

TEST_P(StoreRequests, OfApprovalAndRejectionAtTheSameMomentOneWins) {
  for (int round = 0; round < 20; ++round) {
    const int number = 1000 + 10 * round;
    EXPECT_OK(add_request(make_request(number)));
    std::latch together(2);
    Result<void> approved, rejected;
    {
      const std::jthread one([&] {
        together.arrive_and_wait();
        approved = approve(number, first_approver);
      });
      const std::jthread other([&] {
        together.arrive_and_wait();
        rejected = end(number, RequestState::rejected, Seconds(1), serial_of(second_approver));
      });
    }
    EXPECT_NE(approved.has_value(), rejected.has_value());
    EXPECT_EQ(state(number), approved ? RequestState::approved : RequestState::rejected);
  }
}

TEST_P(StoreRequests, TwoApprovalsAtTheSameMomentBothCount) {
  for (int round = 0; round < 20; ++round) {
    const int number = 1000 + 10 * round;
    EXPECT_OK(add_request(make_request(number, 2)));
    std::latch together(2);
    std::vector<Result<void>> given(2);
    {
      std::vector<std::jthread> threads;
      for (const int i : {0, 1}) {
        threads.emplace_back([&, i] {
          together.arrive_and_wait();
          given[static_cast<std::size_t>(i)] = approve(number, i == 0 ? first_approver : second_approver);
        });
      }
    }
    EXPECT_TRUE(given[0] && given[1]);
    EXPECT_EQ(state(number), RequestState::approved);
    EXPECT_EQ(request(number).approvals.size(), 2U);
  }
}

TEST_P(StoreRequests, AreLimitedForEachIdentityAndInAll) {
  const RequestLimits limits{2, 3};
  ApprovalRequest same = make_request(11);
  EXPECT_OK(add_request(same, limits));
  same.id = "id-b";
  same.request_hash = digest_of(901);
  EXPECT_OK(add_request(same, limits));
  same.id = "id-c";
  same.request_hash = digest_of(902);
  EXPECT_CODE(add_request(same, limits), rate_limited);
  EXPECT_OK(add_request(make_request(21), limits));
  EXPECT_CODE(add_request(make_request(31), limits), rate_limited);
  EXPECT_OK(end(11, RequestState::cancelled));
  EXPECT_OK(add_request(make_request(31), limits));
}

// A place comes free when the first expires, and whenever somebody decides: nobody need ask more often than
// once a minute, nor later than the first place is free.
TEST_P(StoreRequests, ThoseThatFindNoPlaceAreToldWhenToAskAgain) {
  const RequestLimits limits{2, 3};
  int number = 0;
  const auto asked = [&](const std::string& identity, Seconds after, Seconds lives) {
    ApprovalRequest one = make_request(100 + ++number);
    one.identity = Identity(identity);
    one.created_at = start + after;
    one.expires_at = one.created_at + lives;
    return one;
  };
  // The seconds.
  const auto told = [&](const std::string& identity, Seconds after) -> std::string {
    const ApprovalRequest one = asked(identity, after, Seconds(1000));
    const Result<void> added = add_request(one, limits), checked = store_->check_request(one, limits);
    if (added || checked) return "there was a place";
    EXPECT_EQ(added.error().code, ErrorCode::rate_limited);
    const ErrorDetail& detail = added.error().details.at(0);
    EXPECT_EQ(detail.rule, retry_after_rule);
    EXPECT_EQ(detail.value, checked.error().details.at(0).value);
    return detail.value;
  };
  EXPECT_OK(add_request(asked("a", Seconds(0), Seconds(1000)), limits));
  EXPECT_OK(add_request(asked("a", Seconds(0), Seconds(500)), limits));
  EXPECT_EQ(told("a", Seconds(0)), "60");
  EXPECT_EQ(told("a", Seconds(440)), "60");
  EXPECT_EQ(told("a", Seconds(441)), "59");
  EXPECT_EQ(told("a", Seconds(499)), "1");
  EXPECT_EQ(told("a", Seconds(501)), "1") << "it is to be ended any moment";
  const ApprovalRequest others = asked("b", Seconds(0), Seconds(470));
  EXPECT_OK(add_request(others, limits));
  EXPECT_EQ(told("a", Seconds(460)), "40") << "another identity's place is none of its own";
  EXPECT_EQ(told("c", Seconds(460)), "10");
  EXPECT_OK(store_->end_request(others.id, {RequestState::cancelled, start, Identity("x"), "", ""},
                                event("request.cancelled", others.id)));
  EXPECT_OK(add_request(asked("b", Seconds(0), Seconds(600)), limits));
  EXPECT_EQ(told("c", Seconds(460)), "40");
  EXPECT_EQ(told("a", Seconds(460)), "40") << "what has ended holds no place";
}

TEST_P(StoreRequests, TheSameOneIsKeptOnce) {
  ApprovalRequest asked = make_request(11);
  asked.idempotency_key = "key";
  EXPECT_OK(add_request(asked));
  asked.id = "id-b";
  EXPECT_CODE(add_request(asked), conflict);
  ApprovalRequest without_key = asked;
  without_key.idempotency_key.clear();
  EXPECT_CODE(add_request(without_key), conflict);
  const auto find = [&](const std::string& key) {
    return store_->find_same_request(asked.identity, key, asked.request_hash, "").value();
  };
  EXPECT_EQ(find("key")->id, id_of(11));
  EXPECT_EQ(find("")->id, id_of(11));
  EXPECT_FALSE(find("other"));
  Intent direct = make_intent(60);
  direct.identity = asked.identity;
  direct.request_hash = asked.request_hash;
  direct.spki_hash = asked.spki_hash;
  EXPECT_CODE(begin(direct), conflict);
  EXPECT_OK(end(11, RequestState::cancelled));
  EXPECT_EQ(find("key")->state, RequestState::cancelled);
  EXPECT_FALSE(find(""));
  EXPECT_CODE(add_request(asked), conflict);  // an Idempotency-Key is used once
  EXPECT_OK(add_request(without_key));
}

TEST_P(StoreRequests, AreListedNewestFirstByStateAndIdentity) {
  for (const int number : {11, 21, 31, 41}) EXPECT_OK(add_request(make_request(number)));
  EXPECT_OK(end(21, RequestState::cancelled));
  EXPECT_OK(approve(41, first_approver, Seconds(1), 2));
  const auto ids = [&](const RequestFilter& filter, const std::string& cursor = "", int limit = 10) {
    std::vector<std::string> list;
    const RequestPage page = store_->list_requests(filter, cursor, limit).value();
    for (const ApprovalRequest& each : page.requests) list.push_back(each.id);
    if (!page.next_cursor.empty()) list.push_back("more");
    return list;
  };
  EXPECT_THAT(ids({}), ElementsAre("id-41", "id-31", "id-21", "id-11"));
  EXPECT_THAT(ids({"", RequestState::pending}), ElementsAre("id-41", "id-31", "id-11"));
  EXPECT_THAT(ids({"node-31", std::nullopt}), ElementsAre("id-31"));
  EXPECT_THAT(ids({"node-31", RequestState::cancelled}), IsEmpty());
  EXPECT_THAT(ids({}, "", 3), ElementsAre("id-41", "id-31", "id-21", "more"));
  const std::string cursor = store_->list_requests({}, "", 3).value().next_cursor;
  EXPECT_THAT(ids({}, cursor, 3), ElementsAre("id-11"));
  EXPECT_EQ(store_->list_requests({}, "", 1).value().requests.front().approvals.size(), 1U);
  EXPECT_CODE(store_->list_requests({}, "", 0), validation);
  EXPECT_CODE(store_->list_requests({}, "x", 1), validation);
}

TEST_P(StoreRequests, ThoseThatWaitTooLongAreFoundOldestFirst) {
  ApprovalRequest early = make_request(11);
  early.expires_at = start + Seconds(50);
  EXPECT_OK(add_request(make_request(21)));
  EXPECT_OK(add_request(early));
  EXPECT_OK(add_request(make_request(31)));
  EXPECT_OK(end(31, RequestState::cancelled));
  EXPECT_THAT(store_->expired_requests(start + Seconds(49), 10).value(), IsEmpty());
  const auto late = store_->expired_requests(start + Seconds(100), 10).value();
  ASSERT_EQ(late.size(), 2U);
  EXPECT_EQ(late[0].id, id_of(11));
  EXPECT_EQ(late[1].id, id_of(21));
  EXPECT_EQ(store_->expired_requests(start + Seconds(100), 1).value().size(), 1U);
}

}  // namespace
}  // namespace chancery::store::test
