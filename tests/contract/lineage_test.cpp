// Contract: repeats, lineages and their revocation, withdrawn tokens.
#include <gmock/gmock.h>

#include <latch>
#include <thread>

#include "ca/store/lineage.h"
#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StoreLineage : public StoreContract {
 protected:
  // 1, and what was renewed from `parent` (0 = nothing), all of node-1.
  static CertificateRecord member(int number, int parent) {
    CertificateRecord certificate = make_certificate(number);
    certificate.identity = Identity("node-1");
    certificate.names = {"dns:node-1.example", "dns:shared.example"};
    certificate.lineage = serial_of(1);
    if (parent != 0) certificate.renewed_from = serial_of(parent);
    return certificate;
  }
  static Intent renewal(int number, int parent) {
    Intent intent = make_intent(number);
    intent.identity = Identity("node-1");
    intent.renews = serial_of(parent);
    intent.authorised_by = serial_of(parent);
    intent.fresh_key = true;
    return intent;
  }
  Result<std::vector<std::string>> take(int number, int reason = 4, Seconds after = Seconds(9)) {
    return store_->revoke_lineage(serial_of(number), start + after, reason, [](const std::string& serial) {
      return RevocationNotice{event("certificate.revoked", serial), message("certificate.revoked")};
    });
  }
  Status status(int number) { return store_->find_status(serial_of(number)).value()->status; }
};
FOR_EVERY_STORE(StoreLineage);

TEST_P(StoreLineage, ARevocationTakesAllThatDescendAndNothingElse) {
  issue(member(1, 0));
  issue(member(2, 1));
  issue(member(3, 2));
  issue(member(4, 1));
  CertificateRecord anew = member(5, 0);
  anew.supersedes = serial_of(4);
  issue(anew);
  issue(member(6, 5));
  EXPECT_THAT(store_->find_descendants(serial_of(2), start).value(), ElementsAre(serial_of(3)));
  EXPECT_THAT(store_->find_descendants(serial_of(3), start).value(), IsEmpty());
  EXPECT_THAT(take(2).value(), ElementsAre(serial_of(2), serial_of(3)));
  EXPECT_EQ(status(1), Status::valid);
  EXPECT_EQ(status(3), Status::revoked);
  EXPECT_EQ(store_->find_status(serial_of(3)).value()->reason, 4);
  EXPECT_EQ(status(4), Status::valid);
  EXPECT_CODE(take(2), conflict);
  EXPECT_THAT(take(1).value(), ElementsAre(serial_of(1), serial_of(4)));
  EXPECT_EQ(status(5), Status::valid);
  EXPECT_EQ(status(6), Status::valid);
  EXPECT_CODE(take(99), not_found);
  const auto types = audit_types();
  EXPECT_EQ(std::count(types.begin(), types.end(), "certificate.revoked"), 4);
  EXPECT_EQ(store_->read_outbox(100).value().size(), 10U);
}

TEST_P(StoreLineage, ExpiredOnesNeedNoRevocationButLeadToTheirHeirs) {
  issue(member(1, 0));
  CertificateRecord old = member(2, 1);
  old.not_after = start + Seconds(8);
  issue(old);
  issue(member(3, 2));
  EXPECT_THAT(take(1).value(), ElementsAre(serial_of(1), serial_of(3)));
  EXPECT_EQ(status(2), Status::valid);
}

TEST_P(StoreLineage, ARenewalThatIsBeingIssuedComesToNothing) {
  issue(member(1, 0));
  EXPECT_OK(begin(renewal(2, 1)));
  EXPECT_THAT(store_->find_descendants(serial_of(1), start).value(), IsEmpty());
  EXPECT_THAT(take(1).value(), ElementsAre(serial_of(1), serial_of(2)));
  EXPECT_CODE(complete(member(2, 1)), conflict);
  EXPECT_OK(abandon(serial_of(2)));
  EXPECT_CODE(begin(renewal(3, 1)), forbidden);
}

TEST_P(StoreLineage, WhateverTheHurryNoValidDescendantIsLeft) {
  for (int round = 0; round < 20; ++round) {
    const int first = 1000 + 10 * round;
    CertificateRecord root = member(first, 0);
    root.lineage = serial_of(first);
    issue(root);
    std::latch together(2);
    {
      const std::jthread renewing([&] {
        together.arrive_and_wait();
        CertificateRecord child = member(first + 1, first);
        child.lineage = serial_of(first);
        if (begin(renewal(first + 1, first))) (void)complete(child);
      });
      const std::jthread revoking([&] {
        together.arrive_and_wait();
        EXPECT_TRUE(take(first));
      });
    }
    EXPECT_THAT(store_->find_descendants(serial_of(first), start).value(), IsEmpty());
  }
}

TEST_P(StoreLineage, CompromiseReachesWhatWasRevokedForAnotherReasonAndWhatHasExpired) {
  issue(member(1, 0));
  issue(member(2, 1));
  EXPECT_TRUE(take(1));
  EXPECT_CODE(take(1), conflict);
  EXPECT_THAT(take(1, key_compromise, Seconds(1'000'000'000)).value(),
              ElementsAre(serial_of(1), serial_of(2)));
  for (const int number : {1, 2}) {
    EXPECT_EQ(store_->find_status(serial_of(number)).value()->reason, key_compromise);
    EXPECT_EQ(store_->find_status(serial_of(number)).value()->revoked_at, start + Seconds(9));
    EXPECT_CODE(store_->check_key(make_certificate(number).spki_hash, Identity("node-1"), false), forbidden);
  }
  EXPECT_EQ(store_->count_expiring(start, {Seconds(1'000'000'000)}).value().at(0), 0);
  EXPECT_CODE(take(1, key_compromise), conflict);

  issue(5);
  EXPECT_CODE(take(5, 4, Seconds(1'000'000'000)), conflict);
  EXPECT_THAT(take(5, key_compromise, Seconds(1'000'000'000)).value(), ElementsAre(serial_of(5)));
  EXPECT_CODE(store_->check_key(digest_of(5), Identity("node-5"), false), forbidden);
}

TEST_P(StoreLineage, ACompromiseBarsTheKeysOfAll) {
  issue(member(1, 0));
  issue(member(2, 1));
  EXPECT_TRUE(take(1, key_compromise));
  EXPECT_CODE(store_->check_key(digest_of(2), Identity("node-1"), false), forbidden);
}

TEST_P(StoreLineage, ASerialThatWasNeverRecordedIsItsOwnLineage) {
  EXPECT_OK(begin(make_intent(1)));
  EXPECT_OK(abandon(serial_of(1)));
  EXPECT_THAT(take(1).value(), ElementsAre(serial_of(1)));
  EXPECT_EQ(status(1), Status::revoked);
}

TEST_P(StoreLineage, IsBoundedInOneCommit) {
  for (int i = 1; i <= static_cast<int>(revocation_limit); ++i) issue(member(i, i == 1 ? 0 : 1));
  EXPECT_EQ(store_->find_descendants(serial_of(1), start).value().size(), revocation_limit - 1);
  issue(member(static_cast<int>(revocation_limit) + 1, 1));
  EXPECT_CODE(take(1), validation);
  EXPECT_EQ(status(2), Status::valid);
  EXPECT_TRUE(take(2));
  EXPECT_EQ(take(1).value().size(), revocation_limit);
}

TEST_P(StoreLineage, IsListed) {
  issue(member(1, 0));
  issue(member(2, 1));
  issue(7);
  CertificateRecord anew = member(3, 0);
  anew.supersedes = serial_of(2);
  anew.approvers = {"alice", "bob"};
  issue(anew);
  CertificateFilter filter;
  filter.lineage = serial_of(1);
  const CertificatePage page = store_->list_certificates(filter, "", 2).value();
  ASSERT_EQ(page.rows.size(), 2U);
  EXPECT_EQ(page.rows[0].certificate.supersedes, serial_of(2));
  EXPECT_THAT(page.rows[0].certificate.approvers, ElementsAre("alice", "bob"));
  EXPECT_EQ(page.rows[1].certificate.renewed_from, serial_of(1));
  const CertificatePage rest = store_->list_certificates(filter, page.next_cursor, 2).value();
  ASSERT_EQ(rest.rows.size(), 1U);
  EXPECT_EQ(rest.rows[0].certificate.serial, serial_of(1));
}

TEST_P(StoreLineage, ANewEnrolmentSupersedesTheNewestValidOneWithTheSameNames) {
  const std::vector<std::string> turned{"dns:shared.example", "dns:node-1.example"};
  const auto find = [&](const std::vector<std::string>& names, TimePoint at) {
    const auto row = store_->find_superseded(Identity("node-1"), ProfileName("service"), names, at).value();
    return row ? row->serial : "none";
  };
  EXPECT_EQ(find(turned, start), "none");
  issue(member(1, 0));
  issue(member(2, 1));
  CertificateRecord other = member(3, 0);
  other.names = {"dns:other.example"};
  issue(other);
  EXPECT_EQ(find(turned, start), serial_of(2));
  EXPECT_EQ(find({"dns:node-1.example"}, start), "none");
  EXPECT_EQ(find(turned, start + std::chrono::days(90)), serial_of(2));
  EXPECT_EQ(find(turned, start + std::chrono::days(90) + Seconds(1)), "none");
  EXPECT_OK(revoke(serial_of(2)));
  EXPECT_EQ(find(turned, start), serial_of(1));
  EXPECT_FALSE(store_->find_superseded(Identity("node-1"), ProfileName("x"), turned, start).value());
}

class StoreRepeats : public StoreLineage {
 protected:
  static Intent repeat(int number, Seconds window = Seconds(600)) {
    Intent intent = make_intent(1);
    intent.serial = serial_of(number);
    intent.repeats_since = intent.created_at - window;
    return intent;
  }
};
FOR_EVERY_STORE(StoreRepeats);

TEST_P(StoreRepeats, OpenOrAnsweredOnesAreToldFromNewOnes) {
  EXPECT_OK(begin(repeat(1)));
  EXPECT_CODE(begin(repeat(2)), unavailable);
  EXPECT_OK(complete(make_certificate(1)));
  EXPECT_CODE(begin(repeat(2)), conflict);
  EXPECT_FALSE(store_->find_status(serial_of(2)).value().has_value());
  const auto found = store_->find_repeat(make_intent(1).request_hash, "", start, start).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->certificate.serial, serial_of(1));
  EXPECT_FALSE(store_->find_repeat(make_intent(1).request_hash, serial_of(9), start, start).value());
  EXPECT_FALSE(store_->find_repeat(make_intent(2).request_hash, "", start, start).value());
}

TEST_P(StoreRepeats, OutsideTheWindowOrDueForRenewalItIsANewOne) {
  issue(1);
  Intent later = repeat(2);
  later.created_at = start + Seconds(600);
  later.repeats_since = start;
  EXPECT_CODE(begin(later), conflict);
  EXPECT_FALSE(store_->find_repeat(later.request_hash, "", start + Seconds(1), start + Seconds(601)).value());
  Intent due = repeat(2);
  due.created_at = make_certificate(1).renew_after;
  EXPECT_FALSE(store_->find_repeat(due.request_hash, "", start, due.created_at).value());
  EXPECT_OK(begin(due));
  EXPECT_OK(abandon(serial_of(2)));
  later.serial = serial_of(3);
  later.created_at = start + Seconds(601);
  later.repeats_since = start + Seconds(1);
  EXPECT_OK(begin(later));
}

TEST_P(StoreRepeats, ARevokedOneIsNoAnswer) {
  issue(1);
  EXPECT_OK(revoke(serial_of(1), 4));
  EXPECT_FALSE(store_->find_repeat(make_intent(1).request_hash, "", start, start).value());
  EXPECT_OK(begin(repeat(2)));
}

TEST_P(StoreRepeats, ARepeatIsRecognisedBeforeItsTokenIsLookedAt) {
  EXPECT_OK(add(make_token(50)));
  Intent paid = repeat(1);
  paid.token_hash = digest_of(50);
  EXPECT_OK(begin(paid));
  paid.serial = serial_of(2);
  EXPECT_CODE(begin(paid), unavailable);
  EXPECT_EQ(token(digest_of(50)).reserved, 1);
}

class StoreWithdrawals : public StoreLineage {};
FOR_EVERY_STORE(StoreWithdrawals);

TEST_P(StoreWithdrawals, AWithdrawnTokenBuysNothing) {
  const auto withdraw = [&](int token) {
    return store_->withdraw_token(digest_of(token), start + Seconds(5), Identity("bob"),
                                  event("enrollment.withdrawn", "node-1"));
  };
  EXPECT_OK(add(make_token(50, 2)));
  Intent begun = make_intent(1);
  begun.token_hash = digest_of(50);
  EXPECT_OK(begin(begun));
  EXPECT_OK(withdraw(50));
  EXPECT_EQ(token(digest_of(50)).withdrawn_at, start + Seconds(5));
  EXPECT_EQ(token(digest_of(50)).withdrawn_by, Identity("bob"));
  Intent next = make_intent(2);
  next.token_hash = digest_of(50);
  EXPECT_CODE(begin(next), unauthorized);
  EXPECT_OK(complete(make_certificate(1)));
  EXPECT_CODE(withdraw(50), conflict);
  EXPECT_CODE(withdraw(51), not_found);
}

TEST_P(StoreWithdrawals, TokensAreListedNewestFirst) {
  for (int i = 1; i <= 3; ++i) {
    Token token = make_token(50 + i, i);
    if (i == 2) token.identity = Identity("node-2");
    EXPECT_OK(add(token));
  }
  EXPECT_OK(store_->withdraw_token(digest_of(53), start, Identity("bob"), event("w", "x")));
  const auto uses = [&](const TokenFilter& filter, const std::string& cursor = "", int limit = 10) {
    std::vector<int> list;
    const TokenPage page = store_->list_tokens(filter, cursor, limit).value();
    for (const Token& token : page.tokens) list.push_back(token.uses);
    return list;
  };
  EXPECT_THAT(uses({}), ElementsAre(3, 2, 1));
  EXPECT_THAT(uses({"node-1", "", std::nullopt}), ElementsAre(3, 1));
  EXPECT_THAT(uses({"", "service", std::nullopt}), ElementsAre(3, 2, 1));
  EXPECT_THAT(uses({"", "x", std::nullopt}), IsEmpty());
  EXPECT_THAT(uses({"", "", start}), ElementsAre(2, 1));
  EXPECT_THAT(uses({"", "", start + std::chrono::hours(1)}), IsEmpty());
  EXPECT_THAT(uses({}, "", 2), ElementsAre(3, 2));
  EXPECT_THAT(uses({}, store_->list_tokens({}, "", 2).value().next_cursor, 2), ElementsAre(1));
}

}  // namespace
}  // namespace chancery::store::test
