// Requests for approval of the memory store.
#include <algorithm>

#include "ca/store/cursor.h"
#include "ca/store/memory_state.h"
#include "ca/store/refusals.h"
#include "ca/store/request_rules.h"

namespace chancery::store {

ApprovalRequest* Memory::request_of(const std::string& id) {
  const auto found =
      std::find_if(requests_.begin(), requests_.end(), [&](const auto& request) { return request.id == id; });
  return found == requests_.end() ? nullptr : &*found;
}

std::optional<ApprovalRequest> Memory::find_request(const std::string& id) const {
  const auto found =
      std::find_if(requests_.begin(), requests_.end(), [&](const auto& request) { return request.id == id; });
  return found == requests_.end() ? std::nullopt : std::optional(*found);
}

std::optional<ApprovalRequest> Memory::find_same_request(const Identity& identity,
                                                         const std::string& idempotency_key,
                                                         const Digest& request_hash,
                                                         const std::string& renews) const {
  for (const ApprovalRequest& request : requests_) {
    const bool same =
        idempotency_key.empty()
            ? is_open(request.state) && request.request_hash == request_hash && request.renews == renews
            : request.idempotency_key == idempotency_key;
    if (same && request.identity == identity) return request;
  }
  return std::nullopt;
}

OpenRequests Memory::count_open_requests(TimePoint now) const {
  OpenRequests open;
  for (const ApprovalRequest& request : requests_) {
    if (!is_open(request.state) || request.expires_at <= now) continue;
    ++(request.state == RequestState::pending ? open.pending : open.approved);
    open.oldest = std::min(open.oldest.value_or(request.created_at), request.created_at);
  }
  return open;
}

bool Memory::has_requests(const Digest& token_hash) const {
  return std::any_of(requests_.begin(), requests_.end(),
                     [&](const auto& request) { return request.token_hash == token_hash; });
}

bool Memory::is_being_issued(const std::string& id) const {
  return std::any_of(by_id_.begin(), by_id_.end(),
                     [&](const Known* known) { return known->intent && known->intent->approval == id; });
}

Result<void> Memory::check_not_asked(const Identity& identity, const std::string& idempotency_key,
                                     const Digest& request_hash, const std::string& renews,
                                     const std::string& but) const {
  if (!idempotency_key.empty()) {
    const auto by_key = find_same_request(identity, idempotency_key, request_hash, renews);
    if (by_key && by_key->id != but) {
      const bool same = by_key->request_hash == request_hash && by_key->renews == renews;
      return same && is_open(by_key->state) ? request_waits() : idempotency_key_taken();
    }
  }
  const auto open = find_same_request(identity, "", request_hash, renews);
  if (open && open->id != but) return request_waits();
  return {};
}

Result<void> Memory::check_limits(const ApprovalRequest& request, const RequestLimits& limits) const {
  int of_identity = 0, in_all = 0;
  PlaceWanted own{request.created_at, std::nullopt}, any = own;
  const auto note = [](PlaceWanted& wanted, TimePoint expiry) {
    wanted.first_expiry = std::min(wanted.first_expiry.value_or(expiry), expiry);
  };
  for (const ApprovalRequest& other : requests_) {
    if (!is_open(other.state)) continue;
    ++in_all;
    note(any, other.expires_at);
    if (other.identity != request.identity) continue;
    ++of_identity;
    note(own, other.expires_at);
  }
  if (of_identity >= limits.of_identity) return too_many_requests(request.identity, limits.of_identity, own);
  if (in_all >= limits.in_all) return too_many_requests_in_all(limits.in_all, any);
  return {};
}

Result<void> Memory::check(const ApprovalRequest& request, const RequestLimits& limits) const {
  if (Result<void> first = check_not_repeated(request.identity, request.idempotency_key, request.request_hash,
                                              request.renews, std::nullopt, request.created_at, "");
      !first) {
    return first;
  }
  if (Result<void> free = check_token(request.token_hash, request.created_at); !free) return free;
  if (!request.authorised_by.empty() && !is_valid(request.authorised_by))
    return not_authorised(request.authorised_by);
  if (Result<void> free = check_key(request.spki_hash, request.identity, !request.renews.empty()); !free)
    return free;
  if (Result<void> few = check_limits(request, limits); !few) return few;
  return check_left(request.quotas, request.created_at, "");
}

Result<void> Memory::add_request(const ApprovalRequest& request, const RequestLimits& limits,
                                 const AuditDraft& audit) {
  const Result<Digest> leaf = hash(audit);
  if (!leaf) return leaf.error();
  if (Result<void> may = check(request, limits); !may) return may;
  if (find_request(request.id)) return make_error(ErrorCode::conflict, "this id is taken; draw another one");
  if (request.token_hash) ++tokens_.at(*request.token_hash).reserved;
  for (const Quota& quota : request.quotas) quota_holds_.emplace(quota.subject, request.id);
  requests_.push_back(request);
  append(audit, *leaf);
  return {};
}

Result<void> Memory::check_ready(const Intent& intent) const {
  const std::optional<ApprovalRequest> request = find_request(intent.approval);
  if (!request) return no_request(intent.approval);
  if (request->state == RequestState::issued) return request_answered();
  const bool same = request->request_hash == intent.request_hash && request->renews == intent.renews &&
                    request->token_hash == intent.token_hash;
  if (request->state != RequestState::approved || !same) return request_not_approved(intent.approval);
  if (request->expires_at <= intent.created_at) return request_expired(intent.approval);
  if (intent.token_hash && tokens_.at(*intent.token_hash).withdrawn_at) return token_withdrawn();
  if (is_being_issued(intent.approval)) return request_open();
  const auto good = std::count_if(request->approvals.begin(), request->approvals.end(),
                                  [&](const Approval& approval) { return is_valid(approval.serial); });
  if (good < request->required) return approvals_gone(intent.approval);
  return {};
}

Result<void> Memory::approve_request(const std::string& id, const Approval& approval, int required,
                                     const AuditDraft& audit) {
  const Result<Digest> leaf = hash(audit);
  if (!leaf) return leaf.error();
  ApprovalRequest* request = request_of(id);
  if (request == nullptr) return no_request(id);
  if (request->state != RequestState::pending) return request_ended(id, request->state);
  if (request->expires_at <= approval.at) return request_expired(id);
  const Identity maker = request->token_hash ? tokens_.at(*request->token_hash).created_by : Identity();
  if (Result<void> may = check_approver(*request, maker, approval); !may) return may;
  if (!is_valid(approval.serial)) return approver_not_valid(approval.serial);
  request->approvals.push_back(approval);
  request->required = std::max(required, request->required);
  if (static_cast<int>(request->approvals.size()) >= request->required)
    request->state = RequestState::approved;
  append(audit, *leaf);
  return {};
}

Result<void> Memory::end_request(const std::string& id, const RequestEnd& end, const AuditDraft& audit) {
  const Result<Digest> leaf = hash(audit);
  if (!leaf) return leaf.error();
  ApprovalRequest* request = request_of(id);
  if (request == nullptr) return no_request(id);
  if (Result<void> may = check_end(*request, end); !may) return may;
  if (is_being_issued(id)) return request_open();
  if (!end.authorised_by.empty() && !is_valid(end.authorised_by))
    return approver_not_valid(end.authorised_by);
  request->state = end.state;
  request->ended_at = end.at;
  request->ended_by = end.by;
  request->reason = end.reason;
  release(id);
  if (request->token_hash) {
    Token& token = tokens_.at(*request->token_hash);
    --token.reserved;
    if (end.state == RequestState::rejected) ++token.used;
  }
  append(audit, *leaf);
  return {};
}

RequestPage Memory::list_requests(const RequestFilter& filter, std::int64_t before, int limit) const {
  RequestPage page;
  std::int64_t last = 0;
  for (auto number = static_cast<std::int64_t>(requests_.size()); number > 0; --number) {
    const ApprovalRequest& request = requests_[static_cast<std::size_t>(number - 1)];
    if (number >= before || (filter.state && request.state != *filter.state) ||
        (!filter.identity.empty() && request.identity.text() != filter.identity)) {
      continue;
    }
    if (page.requests.size() == static_cast<std::size_t>(limit)) {
      page.next_cursor = encode_cursor({last, std::nullopt});
      break;
    }
    page.requests.push_back(request);
    last = number;
  }
  return page;
}

std::vector<ApprovalRequest> Memory::expired_requests(TimePoint now, int limit) const {
  std::vector<ApprovalRequest> list;
  for (const ApprovalRequest& request : requests_) {
    if (is_open(request.state) && request.expires_at <= now && !is_being_issued(request.id))
      list.push_back(request);
  }
  std::stable_sort(list.begin(), list.end(),
                   [](const auto& a, const auto& b) { return a.expires_at < b.expires_at; });
  if (list.size() > static_cast<std::size_t>(limit)) list.resize(static_cast<std::size_t>(limit));
  return list;
}

}  // namespace chancery::store
