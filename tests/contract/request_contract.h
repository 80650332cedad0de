// What the suites about requests for approval share.
#pragma once

#include <string>
#include <vector>

#include "tests/contract/store_contract.h"

namespace chancery::store::test {

// Certificates of node-1, node-2, node-3.
inline constexpr int asker = 1, first_approver = 2, second_approver = 3;

class RequestContract : public StoreContract {
 protected:
  RequestContract() {
    for (const int number : {asker, first_approver, second_approver}) issue(number);
  }

  static std::string id_of(int number) { return "id-" + std::to_string(number); }

  // Asked by node-1 for node-<number>.
  static ApprovalRequest make_request(int number, int required = 1) {
    return {.id = id_of(number),
            .state = RequestState::pending,
            .identity = Identity("node-" + std::to_string(number)),
            .profile = ProfileName("service"),
            .profile_hash = digest_of(7),
            .csr = Bytes(300, static_cast<std::uint8_t>(number)),
            .request_hash = digest_of(number + 1),
            .spki_hash = digest_of(number),
            .names = {"dns:node.example", "uri:spiffe://example/a,b:c"},
            .bound_names = std::nullopt,
            .by_operator = true,
            .actor = Identity("node-1"),
            .actor_profile = ProfileName("operator"),
            .authorised_by = serial_of(asker),
            .token_hash = std::nullopt,
            .renews = {},
            .idempotency_key = {},
            .request_id = RequestId("r"),
            .quotas = {},
            .required = required,
            .created_at = start,
            .expires_at = start + Seconds(100),
            .approvals = {},
            .ended_at = std::nullopt,
            .ended_by = {},
            .reason = {},
            .serial = {}};
  }
  static ApprovalRequest by_token(int number, int token) {
    ApprovalRequest request = make_request(number);
    request.actor = request.identity;
    request.actor_profile = ProfileName();
    request.authorised_by.clear();
    request.by_operator = false;
    request.bound_names = std::vector<std::string>{"dns:node.example"};
    request.token_hash = digest_of(token);
    return request;
  }

  Result<void> add_request(const ApprovalRequest& request, const RequestLimits& limits = {}) {
    return store_->add_request(request, limits, event("request.created", request.id));
  }
  Result<void> approve(int number, int approver, Seconds after = Seconds(1), int required = 1) {
    return store_->approve_request(
        id_of(number), {Identity("node-" + std::to_string(approver)), serial_of(approver), start + after},
        required, event("request.approved", id_of(number)));
  }
  Result<void> end(int number, RequestState state, Seconds after = Seconds(1), const std::string& by = "") {
    return store_->end_request(id_of(number), {state, start + after, Identity("somebody"), by, "because"},
                               event("request.ended", id_of(number)));
  }
  RequestState state(int number) { return request(number).state; }
  ApprovalRequest request(int number) { return store_->find_request(id_of(number)).value().value(); }

  static Intent answer_to(const ApprovalRequest& request, int number) {
    Intent intent = make_intent(number);
    intent.identity = request.identity;
    intent.request_hash = request.request_hash;
    intent.spki_hash = request.spki_hash;
    intent.token_hash = request.token_hash;
    intent.idempotency_key = request.idempotency_key;
    intent.authorised_by = request.authorised_by;
    intent.approval = request.id;
    intent.created_at = start + Seconds(2);
    return intent;
  }
  static CertificateRecord certificate_of(const Intent& intent, int number) {
    CertificateRecord certificate = make_certificate(number);
    certificate.identity = intent.identity;
    certificate.spki_hash = intent.spki_hash;
    certificate.request_hash = intent.request_hash;
    certificate.idempotency_key = intent.idempotency_key;
    return certificate;
  }
};

}  // namespace chancery::store::test
