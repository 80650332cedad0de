// Contract: what a request that waits for approval holds of its quotas, and what is forgotten of them.
#include <gmock/gmock.h>

#include "tests/contract/request_contract.h"

namespace chancery::store::test {
namespace {

constexpr Seconds hour{3600};

class StoreHolds : public RequestContract {
 protected:
  static Quota quota(std::int64_t most, const std::string& subject = "s") { return {subject, most, hour}; }
  static ApprovalRequest holding(ApprovalRequest request, std::vector<Quota> quotas) {
    request.quotas = std::move(quotas);
    return request;
  }
  static Intent counted(Intent intent, std::vector<Quota> quotas) {
    intent.quotas = std::move(quotas);
    return intent;
  }
  QuotaUse use(const Quota& of, Seconds after = Seconds(3)) {
    return store_->check_quotas({of}, start + after).value().at(0);
  }
  // As after a restart, where there is something that lasts.
  void reopen() {
    if (GetParam() == "memory") return;
    store_.reset();
    store_ = open_sqlite(directory_.file("chancery.db"));
  }
};
FOR_EVERY_STORE(StoreHolds);

TEST_P(StoreHolds, ARequestIsRefusedAtOnceWhenAQuotaIsSpentOrHeld) {
  EXPECT_OK(begin(counted(make_intent(61), {quota(2)})));
  EXPECT_OK(add_request(holding(make_request(11), {quota(2), quota(9, "t")})));
  EXPECT_EQ(use(quota(9, "t")).used, 1);
  reopen();
  EXPECT_EQ(use(quota(2)).used, 2);
  EXPECT_EQ(use(quota(2)).free_at, start + hour);
  const ApprovalRequest third = holding(make_request(21), {quota(2)});
  EXPECT_CODE(store_->check_request(third, {}), rate_limited);
  EXPECT_CODE(add_request(third), rate_limited);
  EXPECT_FALSE(store_->find_request(id_of(21)).value().has_value());
  EXPECT_CODE(begin(counted(make_intent(62), {quota(2)})), rate_limited);
  EXPECT_EQ(use(quota(1)).used, 1);
  EXPECT_EQ(use(quota(1)).free_at, std::nullopt);  // no window's end frees what is held
}

TEST_P(StoreHolds, AHoldOutlastsItsWindow) {
  ApprovalRequest request = holding(make_request(11), {quota(1)});
  request.expires_at = start + 10 * hour;
  EXPECT_OK(add_request(request));
  EXPECT_EQ(use(quota(1), 5 * hour).used, 1);
}

TEST_P(StoreHolds, EveryEndFreesIt) {
  int number = 11;
  for (const RequestState ended : {RequestState::cancelled, RequestState::rejected, RequestState::expired}) {
    EXPECT_OK(add_request(holding(make_request(number), {quota(1)})));
    EXPECT_EQ(use(quota(1)).used, 1);
    const Seconds after = ended == RequestState::expired ? Seconds(100) : Seconds(1);
    EXPECT_OK(end(number, ended, after, ended == RequestState::expired ? "" : serial_of(first_approver)));
    EXPECT_EQ(use(quota(1)).used, 0);
    number += 10;
  }
  EXPECT_OK(add_request(holding(make_request(number), {quota(1)})));
  EXPECT_OK(approve(number, first_approver));
  EXPECT_OK(end(number, RequestState::refused));
  EXPECT_EQ(use(quota(1)).used, 0);
}

TEST_P(StoreHolds, AWithdrawnTokenFreesWhatItsRequestsHeld) {
  EXPECT_OK(add(make_token(50, 3)));
  EXPECT_OK(add_request(holding(by_token(11, 50), {quota(5)})));
  EXPECT_OK(add_request(holding(by_token(21, 50), {quota(5)})));
  EXPECT_OK(add_request(holding(make_request(31), {quota(5)})));
  EXPECT_EQ(use(quota(5)).used, 3);
  EXPECT_OK(store_->withdraw_token(digest_of(50), start, Identity("alice"), event("token.withdrawn", "t")));
  EXPECT_EQ(use(quota(5)).used, 1);
}

TEST_P(StoreHolds, BecomesTheUseOfItsIssuanceAndComesBackWhenThatIsAbandoned) {
  EXPECT_OK(add_request(holding(make_request(11), {quota(1)})));
  EXPECT_OK(approve(11, first_approver));
  const Intent first = counted(answer_to(request(11), 61), {quota(1)});
  EXPECT_OK(store_->check_issuance(first));
  EXPECT_OK(begin(first));
  EXPECT_EQ(use(quota(1)).used, 1);
  EXPECT_EQ(use(quota(1)).free_at, start + Seconds(2) + hour);  // from the issuance on
  reopen();
  EXPECT_OK(abandon(serial_of(61)));
  EXPECT_EQ(use(quota(1)).used, 1);
  EXPECT_EQ(use(quota(1)).free_at, std::nullopt);  // held again
  const Intent second = counted(answer_to(request(11), 62), {quota(1)});
  EXPECT_OK(begin(second));
  EXPECT_OK(complete(certificate_of(second, 62)));
  EXPECT_EQ(use(quota(1)).used, 1);
  EXPECT_EQ(use(quota(1), Seconds(2) + hour).used, 0);
}

TEST_P(StoreHolds, ADryRunSaysTheSameAndChangesNothing) {
  EXPECT_OK(store_->check_issuance(counted(make_intent(61), {quota(1)})));
  EXPECT_OK(store_->check_request(holding(make_request(11), {quota(1)}), {}));
  EXPECT_EQ(use(quota(1)).used, 0);
  EXPECT_FALSE(store_->find_status(serial_of(61)).value().has_value());
  EXPECT_FALSE(store_->find_request(id_of(11)).value().has_value());
  const auto entries = audit_types().size();
  EXPECT_OK(begin(counted(make_intent(61), {quota(1)})));
  EXPECT_CODE(store_->check_issuance(counted(make_intent(62), {quota(1)})), rate_limited);
  EXPECT_CODE(store_->check_request(make_request(11), {.of_identity = 0, .in_all = 1}), rate_limited);
  EXPECT_EQ(audit_types().size(), entries + 1);
}

TEST_P(StoreHolds, TheOldestUsesAreForgottenUpToTheLimit) {
  for (int number = 0; number < 5; ++number) {
    Intent intent = counted(make_intent(61 + number), {quota(9, "subject-" + std::to_string(number))});
    intent.created_at = start + Seconds(number);
    EXPECT_OK(begin(intent));
  }
  const auto left = [&] {
    std::int64_t uses = 0;
    for (int number = 0; number < 5; ++number)
      uses += use(quota(9, "subject-" + std::to_string(number)), Seconds(9)).used;
    return uses;
  };
  EXPECT_EQ(store_->forget_quota_uses(start - Seconds(1), 10).value(), 0);
  EXPECT_EQ(store_->forget_quota_uses(start + Seconds(3), 3).value(), 3);
  EXPECT_EQ(left(), 2);
  EXPECT_EQ(use(quota(9, "subject-3"), Seconds(9)).used, 1);
  EXPECT_EQ(store_->forget_quota_uses(start + Seconds(3), 3).value(), 1);
  EXPECT_EQ(left(), 1);
  EXPECT_CODE(store_->forget_quota_uses(start, 0), validation);
  EXPECT_CODE(store_->forget_quota_uses(start, 10001), validation);
}

TEST_P(StoreHolds, OpenRequestsAreCounted) {
  EXPECT_EQ(store_->count_open_requests(start).value().oldest, std::nullopt);
  ApprovalRequest later = make_request(11);
  later.created_at = start + Seconds(9);
  EXPECT_OK(add_request(later));
  EXPECT_OK(add_request(make_request(21)));
  EXPECT_OK(add_request(make_request(31)));
  EXPECT_OK(approve(21, first_approver));
  const OpenRequests open = store_->count_open_requests(start).value();
  EXPECT_EQ(open.pending, 2);
  EXPECT_EQ(open.approved, 1);
  EXPECT_EQ(open.oldest, start);
  EXPECT_OK(end(31, RequestState::cancelled));
  EXPECT_EQ(store_->count_open_requests(start).value().pending, 1);
  const OpenRequests late = store_->count_open_requests(start + Seconds(100)).value();  // none was ended
  EXPECT_EQ(late.pending + late.approved, 0);
  EXPECT_EQ(late.oldest, std::nullopt);
}

}  // namespace
}  // namespace chancery::store::test
