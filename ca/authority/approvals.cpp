// Requests that wait for approval: kept, decided, and issued through the same steps as any other.
#include <optional>

#include "ca/authority/events.h"
#include "ca/authority/prepared.h"
#include "ca/authority/quotas.h"
#include "ca/base/unicode.h"

namespace chancery::authority {
namespace {

constexpr std::size_t id_bytes = 16;
constexpr std::size_t reason_limit = 256;
constexpr int expired_at_once = 100;

Error no_such_request(const std::string& id) {
  return make_error(ErrorCode::not_found,
                    "there is no request " + id + "; check the id against a listing of the requests");
}

Result<void> check_operator(const Authentication& caller) {
  if (caller.is_operator() && caller.certificate() != nullptr) return {};
  return make_error(ErrorCode::forbidden, "only an operator's certificate decides on requests");
}

Result<void> check_reason(const std::string& reason) {
  const std::optional<TextFault> fault = find_text_fault(reason);
  if (!reason.empty() && reason.size() <= reason_limit && !fault) return {};
  return make_error(ErrorCode::validation, "the reason must be 1 to " + std::to_string(reason_limit) +
                                               " octets of printable text, for whoever asked" +
                                               (fault ? "; it holds " + fault->what : ""));
}

bool asked_by(const store::ApprovalRequest& request, const Authentication& caller) {
  if (const store::Token* token = caller.token()) return request.token_hash == token->hash;
  const store::CertificateRow* own = caller.certificate();
  return own != nullptr && !request.authorised_by.empty() && request.actor == caller.identity() &&
         request.actor_profile == own->certificate.profile;
}

// Another try may succeed without anybody asking anew.
bool may_pass(ErrorCode code) {
  switch (code) {
    case ErrorCode::rate_limited:
    case ErrorCode::unavailable:
    case ErrorCode::internal:
      return true;
    case ErrorCode::validation:
    case ErrorCode::unauthorized:
    case ErrorCode::forbidden:
    case ErrorCode::not_found:
    case ErrorCode::conflict:
    case ErrorCode::payload_too_large:
      return false;
  }
  return false;
}

}  // namespace

Result<void> check_approvals(const store::ApprovalRequest& kept, int required,
                             const policy::ProfileSet& profiles, store::Store& store) {
  int good = 0;
  for (const store::Approval& approval : kept.approvals) {
    const Result<std::optional<store::CertificateRow>> shown = store.find_certificate(approval.serial);
    if (!shown) return shown.error();
    if (!*shown) continue;
    const std::shared_ptr<const policy::Profile> profile = profiles.find((*shown)->certificate.profile);
    if (profile && profile->grants == policy::Role::operator_) ++good;
  }
  if (good >= std::max(required, kept.required)) return {};
  return make_error(ErrorCode::forbidden,
                    "the profiles want more approvals by now, or an approver is no operator any more; ask "
                    "again and have it approved anew");
}

int approvals_needed(const IssueRequest& request, const policy::Approvals& rule) {
  const bool by_credential = request.token_hash || !request.authorised_by.empty();
  if (rule.required == 0 || !by_credential || request.approval) return 0;
  const bool approved_before =
      request.renews && static_cast<int>(request.renews->approvers.size()) >= rule.required;
  return approved_before && !rule.renewals ? 0 : rule.required;
}

store::ApprovalRequest Authority::kept_as(const Prepared& prepared, const store::Digest& request_hash,
                                          int approvals) {
  const ApprovedRequest& approved = prepared.approved;
  const IssueRequest& request = approved.details();
  store::ApprovalRequest kept_request{.id = {},
                                      .state = store::RequestState::pending,
                                      .identity = request.requester.identity,
                                      .profile = request.profile,
                                      .profile_hash = approved.profile().hash,
                                      .csr = to_bytes(request.csr.der()),
                                      .request_hash = request_hash,
                                      .spki_hash = spki_hash(request),
                                      .names = texts(approved.decision().names),
                                      .bound_names = std::nullopt,
                                      .by_operator = request.requester.role == policy::Role::operator_,
                                      .actor = request.actor,
                                      .actor_profile = request.actor_profile,
                                      .authorised_by = request.authorised_by,
                                      .token_hash = request.token_hash,
                                      .renews = request.renews ? request.renews->serial : std::string(),
                                      .idempotency_key = request.idempotency_key,
                                      .request_id = request.request_id,
                                      .quotas = to_count(quotas_of(approved)),
                                      .required = approvals,
                                      .created_at = prepared.now,
                                      .expires_at = prepared.now + approved.profile().approvals.expires_after,
                                      .approvals = {},
                                      .ended_at = std::nullopt,
                                      .ended_by = {},
                                      .reason = {},
                                      .serial = {}};
  if (request.requester.bound_names) kept_request.bound_names = texts(*request.requester.bound_names);
  return kept_request;
}

Result<Answered> Authority::keep(const Prepared& prepared, const store::Digest& request_hash, int approvals) {
  Bytes id(id_bytes);
  random_.fill(id);
  store::ApprovalRequest kept_request = kept_as(prepared, request_hash, approvals);
  kept_request.id = to_hex(id);
  const store::AuditDraft audit = request_created(kept_request);
  const Result<void> added =
      attempt([&] { return store_.add_request(kept_request, request_limits_, audit); });
  if (added) return Answered(std::move(kept_request));
  // The same request may have been kept, or even issued, while this one was being judged.
  Result<std::optional<Answered>> meanwhile = answered_before(prepared.approved.details(), request_hash);
  if (meanwhile && *meanwhile) return std::move(**meanwhile);
  return explain_refusal(added.error(), prepared.approved, store_, prepared.now);
}

int Authority::end_expired() {
  const TimePoint now = clock_.now();
  const Result<std::vector<store::ApprovalRequest>> late = store_.expired_requests(now, expired_at_once);
  if (!late) return 0;
  const Identity system("system");
  int ended = 0;
  for (const store::ApprovalRequest& request : *late) {
    const store::RequestEnd end{store::RequestState::expired, now, system, "", ""};
    if (store_.end_request(request.id, end, request_ended(request, end, RequestId()))) ++ended;
  }
  return ended;
}

Result<store::ApprovalRequest> Authority::find_request(const std::string& id, const Authentication& asker) {
  Result<std::optional<store::ApprovalRequest>> found = store_.find_request(id);
  if (found && *found && is_open((*found)->state) && (*found)->expires_at <= clock_.now() &&
      end_expired() > 0) {
    found = store_.find_request(id);
  }
  if (!found) return std::move(found).error();
  if (!*found || (!asker.is_operator() && !asked_by(**found, asker))) return no_such_request(id);
  return std::move(**found);
}

Result<store::RequestPage> Authority::list_requests(const store::RequestFilter& filter,
                                                    const std::string& cursor, int limit) {
  end_expired();
  return store_.list_requests(filter, cursor, limit);
}

Result<Answered> Authority::approve_request(const std::string& id, const Authentication& approver,
                                            const RequestId& request_id) {
  if (Result<void> ok = check_operator(approver); !ok) return std::move(ok).error();
  Result<store::ApprovalRequest> found = find_request(id, approver);
  if (!found) return std::move(found).error();
  // One that a crash or a fault has left approved only waits for somebody to come by.
  if (found->state == store::RequestState::approved) return issue_approved(*found);
  const std::shared_ptr<const policy::Profile> profile = profiles_.snapshot()->find(found->profile);
  const store::Approval approval{approver.identity(), approver.certificate()->certificate.serial,
                                 clock_.now()};
  const Result<void> given =
      store_.approve_request(id, approval, profile ? profile->approvals.required : found->required,
                             request_approved(*found, approval, request_id));
  if (!given) return given.error();
  found = find_request(id, approver);
  if (!found) return std::move(found).error();
  if (found->state == store::RequestState::approved) return issue_approved(*found);
  return Answered(std::move(*found));
}

Result<AuthenticatedRequest> Authority::resume(const store::ApprovalRequest& kept) {
  std::optional<store::CertificateRow> renewed;
  if (!kept.renews.empty()) {
    Result<std::optional<store::CertificateRow>> row = store_.find_certificate(kept.renews);
    if (!row) return std::move(row).error();
    if (!*row) return make_error(ErrorCode::internal, "the certificate to be renewed is not there");
    renewed = std::move(**row);
  }
  store::ApprovalRequest as_of_now = kept;
  const std::shared_ptr<const policy::Profile> asking = profiles_.snapshot()->find(kept.actor_profile);
  as_of_now.by_operator = kept.by_operator && asking && asking->grants == policy::Role::operator_;
  return AuthenticatedRequest::resume(as_of_now, renewed, clock_.now());
}

Result<Answered> Authority::issue_approved(const store::ApprovalRequest& kept) {
  end_left_open();  // it may be an earlier try of this very request that was not ended
  const auto issued = [&]() -> Result<RecordedCertificate> {
    const Result<AuthenticatedRequest> request = resume(kept);
    if (!request) return request.error();
    // The policy and the lints of now, not those of when it was asked.
    Result<Prepared> prepared = approve_and_prepare(*request);
    if (!prepared) return std::move(prepared).error();
    const int required = prepared->approved.profile().approvals.required;
    if (Result<void> ok = check_approvals(kept, required, *profiles_.snapshot(), store_); !ok)
      return std::move(ok).error();
    return issue_prepared(std::move(*prepared), kept.request_hash);
  };
  Result<RecordedCertificate> recorded = issued();
  if (recorded) return Answered(std::move(*recorded));
  if (!may_pass(recorded.error().code)) refuse(kept, recorded.error());
  Error error = with_context(std::move(recorded).error(), "request " + kept.id + " has its approvals, but");
  // Not the credential of whoever comes by now: it is the request's own that is good for nothing any more.
  if (error.code == ErrorCode::unauthorized) error.code = ErrorCode::forbidden;
  return error;
}

void Authority::refuse(const store::ApprovalRequest& kept, const Error& error) {
  const store::RequestEnd end{store::RequestState::refused, clock_.now(), Identity("system"), "",
                              error.message};
  // Should it fail, the next try is refused for the same reason, and ends it then.
  (void)store_.end_request(kept.id, end, request_ended(kept, end, kept.request_id));
}

Result<store::ApprovalRequest> Authority::reject_request(const std::string& id,
                                                         const Authentication& approver,
                                                         const std::string& reason,
                                                         const RequestId& request_id) {
  if (Result<void> ok = check_operator(approver); !ok) return std::move(ok).error();
  if (Result<void> ok = check_reason(reason); !ok) return std::move(ok).error();
  const Result<store::ApprovalRequest> found = find_request(id, approver);
  if (!found) return found.error();
  const store::RequestEnd end{store::RequestState::rejected, clock_.now(), approver.identity(),
                              approver.certificate()->certificate.serial, reason};
  if (Result<void> done = store_.end_request(id, end, request_ended(*found, end, request_id)); !done)
    return std::move(done).error();
  return find_request(id, approver);
}

Result<store::ApprovalRequest> Authority::cancel_request(const std::string& id,
                                                         const Authentication& requester,
                                                         const RequestId& request_id) {
  const Result<store::ApprovalRequest> found = find_request(id, requester);
  if (!found) return found.error();
  if (!asked_by(*found, requester)) {
    return make_error(ErrorCode::forbidden,
                      "only whoever asked takes a request back; an operator rejects it instead");
  }
  const store::CertificateRow* own = requester.certificate();
  const store::RequestEnd end{store::RequestState::cancelled, clock_.now(), requester.identity(),
                              own != nullptr ? own->certificate.serial : std::string(), ""};
  if (Result<void> done = store_.end_request(id, end, request_ended(*found, end, request_id)); !done)
    return std::move(done).error();
  return find_request(id, requester);
}

}  // namespace chancery::authority
