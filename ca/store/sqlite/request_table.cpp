#include "ca/store/sqlite/request_table.h"

#include <algorithm>

#include "ca/store/refusals.h"
#include "ca/store/request_rules.h"
#include "ca/store/sqlite/name_list.h"
#include "ca/store/sqlite/state_column.h"

namespace chancery::store {
namespace {

constexpr const char* add_sql =
    "INSERT INTO requests (id, state, identity, profile, profile_hash, csr, request_hash, spki_hash, names, "
    "bound_names, by_operator, actor, actor_profile, authorised_by, token_hash, renews, idempotency_key, "
    "request_id, required, created_at, expires_at) "
    "VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

// An issuance that has begun with the token goes on, and its request with it.
constexpr const char* cancel_of_sql =
    "UPDATE requests SET state = 6, ended_at = ?2, ended_by = ?3, reason = 'its token was withdrawn' "
    "WHERE token_hash = ?1 AND state IN (0, 1) "
    "AND NOT EXISTS (SELECT 1 FROM intents i WHERE i.approval = requests.id)";

}  // namespace

RequestWriter::RequestWriter(const SQLite::Database& database, TokenWriter& tokens)
    : tokens_(tokens),
      reader_(database),
      valid_(database),
      keys_(database),
      quotas_(database),
      quota_uses_(database),
      add_(database, add_sql),
      number_(database, "SELECT number FROM requests WHERE id = ?"),
      count_of_(database,
                "SELECT count(*), min(expires_at) FROM requests WHERE identity = ? AND state IN (0, 1)"),
      count_all_(database, "SELECT count(*), min(expires_at) FROM requests WHERE state IN (0, 1)"),
      add_approval_(database,
                    "INSERT INTO request_approvals (request, approver, serial, at) VALUES (?, ?, ?, ?)"),
      set_state_(database, "UPDATE requests SET state = ?, required = ? WHERE id = ?"),
      end_(database,
           "UPDATE requests SET state = ?, ended_at = ?, ended_by = ?, reason = ?, serial = ? WHERE id = ?"),
      being_issued_(database, "SELECT 1 FROM intents WHERE approval = ?"),
      cancel_of_(database, cancel_of_sql) {}

Result<void> RequestWriter::check_limits(const ApprovalRequest& request, const RequestLimits& limits) {
  const auto wanted = [&request](const Query::Rows& rows) {
    return PlaceWanted{request.created_at,
                       rows.is_null(1) ? std::nullopt : std::optional<TimePoint>(rows.time(1))};
  };
  {
    Query::Rows rows = count_of_.rows(request.identity);
    if (rows.next() && rows.number(0) >= limits.of_identity)
      return too_many_requests(request.identity, limits.of_identity, wanted(rows));
  }
  Query::Rows rows = count_all_.rows();
  if (rows.next() && rows.number(0) >= limits.in_all)
    return too_many_requests_in_all(limits.in_all, wanted(rows));
  return {};
}

Result<void> RequestWriter::check_not_asked(const Identity& identity, const std::string& idempotency_key,
                                            const Digest& request_hash, const std::string& renews,
                                            const std::string& but) {
  const std::optional<ApprovalRequest> by_key =
      idempotency_key.empty() ? std::nullopt
                              : reader_.find_same(identity, idempotency_key, request_hash, renews);
  if (by_key && by_key->id != but) {
    const bool same = by_key->request_hash == request_hash && by_key->renews == renews;
    return same && is_open(by_key->state) ? request_waits() : idempotency_key_taken();
  }
  const std::optional<ApprovalRequest> open = reader_.find_same(identity, "", request_hash, renews);
  if (open && open->id != but) return request_waits();
  return {};
}

Result<void> RequestWriter::check(const ApprovalRequest& request, const RequestLimits& limits) {
  if (request.token_hash) {
    if (Result<void> free = tokens_.check_free(*request.token_hash, request.created_at); !free) return free;
  }
  if (!request.authorised_by.empty() && !valid_.contains(request.authorised_by))
    return not_authorised(request.authorised_by);
  if (Result<void> free = keys_.check(request.spki_hash, request.identity, !request.renews.empty()); !free)
    return free;
  if (Result<void> few = check_limits(request, limits); !few) return few;
  return quotas_.check(request.quotas, request.created_at, 0);
}

Result<void> RequestWriter::add(const ApprovalRequest& request, const RequestLimits& limits) {
  if (Result<void> may = check(request, limits); !may) return may;
  if (number_of(request.id) != 0)
    return make_error(ErrorCode::conflict, "this id is taken; draw another one");
  if (request.token_hash) tokens_.reserve(*request.token_hash);
  const std::string names = encode_names(request.names);
  std::optional<std::string> bound;
  if (request.bound_names) bound = encode_names(*request.bound_names);
  add_.run(request.id, request.identity, request.profile, request.profile_hash, request.csr,
           request.request_hash, request.spki_hash, names, bound, request.by_operator, request.actor,
           request.actor_profile, request.authorised_by, request.token_hash, request.renews,
           request.idempotency_key, request.request_id, request.required, request.created_at,
           request.expires_at);
  quota_uses_.hold(request.quotas, number_of(request.id));
  return {};
}

std::int64_t RequestWriter::number_of(const std::string& id) {
  if (id.empty()) return 0;  // most issuances answer none
  Query::Rows rows = number_.rows(id);
  return rows.next() ? rows.number(0) : 0;
}

Result<void> RequestWriter::approve(const std::string& id, const Approval& approval, int required) {
  const std::optional<ApprovalRequest> request = reader_.find(id);
  if (!request) return no_request(id);
  if (request->state != RequestState::pending) return request_ended(id, request->state);
  if (request->expires_at <= approval.at) return request_expired(id);
  const Identity maker = request->token_hash ? tokens_.maker(*request->token_hash) : Identity();
  if (Result<void> may = check_approver(*request, maker, approval); !may) return may;
  if (!valid_.contains(approval.serial)) return approver_not_valid(approval.serial);
  add_approval_.run(number_of(id), approval.approver, approval.serial, approval.at);
  const int needed = std::max(required, request->required);
  const int given = static_cast<int>(request->approvals.size()) + 1;
  const RequestState state = given >= needed ? RequestState::approved : RequestState::pending;
  set_state_.run(to_column(state), needed, id);
  return {};
}

Result<void> RequestWriter::end(const std::string& id, const RequestEnd& end) {
  const std::optional<ApprovalRequest> request = reader_.find(id);
  if (!request) return no_request(id);
  if (Result<void> may = check_end(*request, end); !may) return may;
  if (is_being_issued(id)) return request_open();
  if (!end.authorised_by.empty() && !valid_.contains(end.authorised_by))
    return approver_not_valid(end.authorised_by);
  end_.run(to_column(end.state), end.at, end.by, end.reason, std::string(), id);
  quota_uses_.release(number_of(id));
  if (!request->token_hash) return {};
  if (end.state == RequestState::rejected) {
    tokens_.consume(*request->token_hash);
  } else {
    tokens_.release(*request->token_hash);
  }
  return {};
}

Result<void> RequestWriter::check_ready(const Intent& intent) {
  const std::optional<ApprovalRequest> request = reader_.find(intent.approval);
  if (!request) return no_request(intent.approval);
  if (request->state == RequestState::issued) return request_answered();
  const bool same = request->request_hash == intent.request_hash && request->renews == intent.renews &&
                    request->token_hash == intent.token_hash;
  if (request->state != RequestState::approved || !same) return request_not_approved(intent.approval);
  if (request->expires_at <= intent.created_at) return request_expired(intent.approval);
  if (intent.token_hash && tokens_.is_withdrawn(*intent.token_hash)) return token_withdrawn();
  if (is_being_issued(intent.approval)) return request_open();
  const auto good = std::count_if(request->approvals.begin(), request->approvals.end(),
                                  [&](const Approval& approval) { return valid_.contains(approval.serial); });
  if (good < request->required) return approvals_gone(intent.approval);
  return {};
}

void RequestWriter::issued(const std::string& id, const std::string& serial, TimePoint at) {
  end_.run(to_column(RequestState::issued), at, std::string(), std::string(), serial, id);
}

void RequestWriter::cancel_of(const Digest& token_hash, TimePoint at, const Identity& by) {
  const int cancelled = cancel_of_.run(token_hash, at, by);
  for (int i = 0; i < cancelled; ++i) tokens_.release(token_hash);
  if (cancelled > 0) quota_uses_.release_cancelled(token_hash);
}

}  // namespace chancery::store
