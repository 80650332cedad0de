#include "ca/store/request_rules.h"

#include "ca/store/refusals.h"

namespace chancery::store {

std::string_view to_string(RequestState state) {
  switch (state) {
    case RequestState::pending:
      return "pending";
    case RequestState::approved:
      return "approved";
    case RequestState::issued:
      return "issued";
    case RequestState::rejected:
      return "rejected";
    case RequestState::refused:
      return "refused";
    case RequestState::expired:
      return "expired";
    case RequestState::cancelled:
      return "cancelled";
  }
  return "cancelled";
}

// A key belongs to one identity for ever, so another identity is another key and another certificate too.
Result<void> check_approver(const ApprovalRequest& request, const Identity& token_maker,
                            const Approval& approval) {
  const Identity& approver = approval.approver;
  if (approver == request.actor || approver == request.identity || approver == token_maker ||
      approval.serial == request.authorised_by) {
    return own_request();
  }
  for (const Approval& earlier : request.approvals) {
    if (earlier.approver == approver || earlier.serial == approval.serial) return approved_already();
  }
  return {};
}

Result<void> check_end(const ApprovalRequest& request, const RequestEnd& end) {
  const bool late = request.expires_at <= end.at;
  switch (end.state) {
    case RequestState::rejected:
    case RequestState::cancelled:
      if (request.state != RequestState::pending) return request_ended(request.id, request.state);
      return late ? Result<void>(request_expired(request.id)) : Result<void>();
    case RequestState::expired:
      if (!is_open(request.state)) return request_ended(request.id, request.state);
      return late ? Result<void>() : Result<void>(request_not_expired(request.id));
    case RequestState::refused:
      if (request.state != RequestState::approved) return request_ended(request.id, request.state);
      return {};
    case RequestState::pending:
    case RequestState::approved:
    case RequestState::issued:
      break;
  }
  return make_error(ErrorCode::internal, "that is no end of a request");
}

}  // namespace chancery::store
