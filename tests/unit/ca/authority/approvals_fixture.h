// A profile that wants approvals, and operators who give them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "ca/x509/csr.h"
#include "tests/support/x509_builder.h"
#include "tests/unit/ca/authority/fixture.h"

namespace chancery::authority {

class ApprovalsTest : public AuthorityTest {
 protected:
  ApprovalsTest() { want(1); }

  // The same service under a changed profile, as after a restart.
  void want(int approvals, bool renewals = false, const std::string& pattern = "*.svc.internal") {
    auto profile = std::make_shared<policy::Profile>(*authority->profiles()->find(ProfileName("service")));
    profile->grants = policy::Role::operator_;
    profile->approvals = {approvals, Seconds(7 * 86400), renewals, "service.yaml:20:3"};
    profile->allowed[x509::GeneralNameType::dns] = {{pattern, "service.yaml:9:5"}};
    authority = std::make_unique<Authority>(
        AuthorityOptions{.profiles = std::make_shared<const policy::ProfileSet>(
                             std::vector<std::shared_ptr<const policy::Profile>>{std::move(profile)}),
                         .issuer = authority->issuer(),
                         .repeat_window = Seconds(600),
                         .request_limits = {.of_identity = 3, .in_all = 5}},
        *store, clock, random, observer);
  }

  Authentication certified(const std::string& identity, policy::Role role = policy::Role::operator_) {
    const auto recorded = test::must(authority->issue(
        test::Voucher::for_other(identity, "service", csr_for({"dns:" + identity + ".svc.internal"}))));
    return test::Voucher::certificate(**store->find_certificate(recorded.record().serial), role);
  }
  Asked asked(const std::string& key = "", const std::string& name = "dns:web.svc.internal") {
    return {csr_for({name}), key, RequestId("r")};
  }
  // The token's own request; `token` is enroll()'s.
  Result<Answered> ask(const store::Token& token, Asked what) {
    return authority->submit(test::must(test::Voucher::token(token).for_own(std::move(what))));
  }
  store::Token token() { return test::must(enroll(1, Seconds(86400))).record; }
  store::Token current(const store::Token& token) { return **store->find_token(token.hash); }
  static store::ApprovalRequest waiting(const Result<Answered>& answered) {
    EXPECT_TRUE(answered) << answered.error().message;
    EXPECT_TRUE(std::holds_alternative<store::ApprovalRequest>(*answered));
    return std::get<store::ApprovalRequest>(*answered);
  }
  static RecordedCertificate issued(const Result<Answered>& answered) {
    EXPECT_TRUE(answered) << answered.error().message << answered.error().internal;
    EXPECT_TRUE(std::holds_alternative<RecordedCertificate>(*answered));
    return std::get<RecordedCertificate>(*answered);
  }
  // The disk is full after `step`; well again afterwards.
  void approve_on_a_full_disk(const store::ApprovalRequest& request, const Authentication& by, Step step) {
    observer.hooks[step] = [&] { store->fault = make_error(ErrorCode::unavailable, "the disk is full"); };
    EXPECT_EQ(approve(request, by).error().code, ErrorCode::unavailable);
    observer.hooks.clear();
    store->fault.reset();
  }
  Result<Answered> approve(const store::ApprovalRequest& request, const Authentication& by) {
    return authority->approve_request(request.id, by, RequestId("decides"));
  }
  store::RequestState state(const store::ApprovalRequest& request) {
    return (*store->find_request(request.id))->state;
  }
  std::size_t certificates() { return test::must(store->list_certificates({}, "", 1000)).rows.size(); }

  Authentication bob = certified("bob"), carol = certified("carol");
};

}  // namespace chancery::authority
