// Requests that wait for approval: what the store keeps of them.
#pragma once

#include <algorithm>
#include <string_view>

#include "ca/store/records.h"

namespace chancery::store {

enum class RequestState {
  pending,    // waits for approvals
  approved,   // has them all; its certificate is being issued, or will be with the next repeat
  issued,     // its certificate is recorded
  rejected,   // an approver said no
  refused,    // policy, lints or the state of things said no at the last approval
  expired,    // not approved in time
  cancelled,  // taken back by whoever asked, or with its token
};

std::string_view to_string(RequestState state);  // "pending"

// Pending or approved: holds its token's use, counts against the limits.
[[nodiscard]] constexpr bool is_open(RequestState state) {
  return state == RequestState::pending || state == RequestState::approved;
}

struct Approval {
  Identity approver;
  std::string serial;  // of the certificate that the approver showed
  TimePoint at;
};

// What was asked, as it came, so that it can be judged again; and what has become of it.
struct ApprovalRequest {
  std::string id;  // 32 hexadecimal digits, drawn at random: nobody guesses one
  RequestState state = RequestState::pending;
  Identity identity;  // whom the certificate is for
  ProfileName profile;
  Digest profile_hash{};  // of the profile that it was first judged by
  Bytes csr;              // DER
  Digest request_hash{}, spki_hash{};
  std::vector<std::string> names;                       // as first decided: what approvers look at
  std::optional<std::vector<std::string>> bound_names;  // those its requester was bound to
  bool by_operator = false;                             // the requester had that role
  Identity actor;                                       // who asked
  ProfileName actor_profile;                            // of the certificate that asked; empty = a token did
  std::string authorised_by;                            // its serial; "" = a token did
  std::optional<Digest> token_hash;                     // the token that did, one use of which is reserved
  std::string renews;                                   // serial; "" = no renewal
  std::string idempotency_key;                          // "" = none
  RequestId request_id;
  std::vector<Quota> quotas;  // held while it is open; each subject once; not read back
  int required = 1;           // approvals, 1 or 2
  TimePoint created_at, expires_at;
  std::vector<Approval> approvals;  // in order
  std::optional<TimePoint> ended_at;
  Identity ended_by;
  std::string reason;  // why it was rejected or refused
  std::string serial;  // of the certificate, once it is issued
};

// How many approvals it waits for still.
[[nodiscard]] constexpr int missing_approvals(const ApprovalRequest& request) {
  return std::max(0, request.required - static_cast<int>(request.approvals.size()));
}

// The end of a request by anything but its certificate.
struct RequestEnd {
  RequestState state = RequestState::cancelled;  // rejected, refused, expired or cancelled
  TimePoint at;
  Identity by;
  std::string authorised_by;  // serial of the certificate that ends it, which must be valid; "" = none does
  std::string reason;
};

struct RequestLimits {
  int of_identity = 10;  // open requests for one identity
  int in_all = 1000;
};

struct OpenRequests {
  std::int64_t pending = 0, approved = 0;
  std::optional<TimePoint> oldest;  // when the one that has waited longest was asked; nullopt = none is open
};

struct RequestFilter {
  std::string identity;  // "" = any
  std::optional<RequestState> state;
};

struct RequestPage {
  std::vector<ApprovalRequest> requests;  // newest first
  std::string next_cursor;                // "" = no more
};

}  // namespace chancery::store
