// The same request again: the answer that it got before.
#include "ca/authority/prepared.h"

namespace chancery::authority {
namespace {

Error key_taken() {
  return make_error(ErrorCode::conflict,
                    "this Idempotency-Key was used for another request; use a new key for a new request");
}

Error revoked_since(const store::CertificateRow& row) {
  return make_error(ErrorCode::conflict,
                    "this very request got certificate " + row.certificate.serial +
                        ", which has been revoked since; use a new key and a new Idempotency-Key");
}

// Not a conflict: a requester must not take its token for spent.
Error ended(const store::ApprovalRequest& request) {
  std::string message = "request " + request.id + " is " + std::string(to_string(request.state));
  if (!request.reason.empty()) message += ": " + request.reason;
  if (request.state == store::RequestState::expired) message += "; nobody approved it in time";
  message += "; ask anew with a new Idempotency-Key";
  Error error = make_error(ErrorCode::forbidden, message);
  error.details.push_back({"request." + std::string(to_string(request.state)), "/v1/requests/" + request.id,
                           request.ended_by.text(), std::move(message)});
  return error;
}

}  // namespace

Result<std::optional<RecordedCertificate>> Authority::replay(const IssueRequest& request,
                                                             const store::Digest& request_hash) {
  using Found = std::optional<RecordedCertificate>;
  const std::string renews = request.renews ? request.renews->serial : std::string();
  const std::string& key = request.idempotency_key;
  const TimePoint now = clock_.now();
  if (key.empty() && repeat_window_ <= Seconds(0)) return Found();
  Result<std::optional<store::CertificateRow>> found =
      key.empty() ? store_.find_repeat(request_hash, renews, now - repeat_window_, now)
                  : store_.find_by_idempotency_key(request.requester.identity, key);
  if (!found) return std::move(found).error();
  if (!*found) return Found();
  store::CertificateRecord& record = (*found)->certificate;
  if (record.request_hash != request_hash || record.renewed_from != renews) return key_taken();
  if ((*found)->status.status != store::Status::valid) return revoked_since(**found);
  return Found(RecordedCertificate(std::move(record), true));
}

Result<std::optional<store::ApprovalRequest>> Authority::kept(const IssueRequest& request,
                                                              const store::Digest& request_hash) {
  const std::string renews = request.renews ? request.renews->serial : std::string();
  const auto look = [&] {
    return store_.find_same_request(request.requester.identity, request.idempotency_key, request_hash,
                                    renews);
  };
  Result<std::optional<store::ApprovalRequest>> found = look();
  if (found && *found && is_open((*found)->state) && (*found)->expires_at <= clock_.now() &&
      end_expired() > 0) {
    found = look();
  }
  if (!found || !*found) return found;
  if ((*found)->request_hash != request_hash || (*found)->renews != renews) return key_taken();
  const store::RequestState state = (*found)->state;
  if (!is_open(state) && state != store::RequestState::issued) return ended(**found);
  return found;
}

Result<std::optional<Answered>> Authority::look_back(const IssueRequest& request,
                                                     const store::Digest& request_hash) {
  Result<std::optional<RecordedCertificate>> recorded = replay(request, request_hash);
  if (!recorded) return std::move(recorded).error();
  if (*recorded) return std::optional<Answered>(std::move(**recorded));
  // Whatever the profile says by now: what was kept is still there.
  Result<std::optional<store::ApprovalRequest>> waiting = kept(request, request_hash);
  if (!waiting) return std::move(waiting).error();
  if (!*waiting) return std::optional<Answered>();
  if ((*waiting)->state != store::RequestState::issued) return std::optional<Answered>(std::move(**waiting));
  // Since the first look.
  recorded = replay(request, request_hash);
  if (!recorded) return std::move(recorded).error();
  if (*recorded) return std::optional<Answered>(std::move(**recorded));
  return ended(**waiting);
}

Result<std::optional<Answered>> Authority::answered_before(const IssueRequest& request,
                                                           const store::Digest& request_hash) {
  Result<std::optional<Answered>> earlier = look_back(request, request_hash);
  if (!earlier || !*earlier) return earlier;
  const auto* waiting = std::get_if<store::ApprovalRequest>(&**earlier);
  if (waiting == nullptr || waiting->state != store::RequestState::approved) return earlier;
  Result<Answered> issued = issue_approved(*waiting);
  if (!issued) return std::move(issued).error();
  return std::optional<Answered>(std::move(*issued));
}

}  // namespace chancery::authority
