#include <SQLiteCpp/Exception.h>

#include <algorithm>

#include "ca/store/cursor.h"
#include "ca/store/sqlite/name_list.h"
#include "ca/store/sqlite/request_table.h"
#include "ca/store/sqlite/state_column.h"

namespace chancery::store {
namespace {

const std::string columns =
    "SELECT number, id, state, identity, profile, profile_hash, csr, request_hash, spki_hash, names, "
    "bound_names, by_operator, actor, actor_profile, authorised_by, token_hash, renews, idempotency_key, "
    "request_id, required, created_at, expires_at, ended_at, ended_by, reason, serial FROM requests ";

ApprovalRequest read_request(const Query::Rows& rows) {
  ApprovalRequest request{.id = rows.text(1),
                          .state = request_state_from_column(rows.small(2)),
                          .identity = Identity(rows.text(3)),
                          .profile = ProfileName(rows.text(4)),
                          .profile_hash = rows.digest(5),
                          .csr = rows.bytes(6),
                          .request_hash = rows.digest(7),
                          .spki_hash = rows.digest(8),
                          .names = decode_names(rows.text(9)),
                          .bound_names = std::nullopt,
                          .by_operator = rows.small(11) != 0,
                          .actor = Identity(rows.text(12)),
                          .actor_profile = ProfileName(rows.text(13)),
                          .authorised_by = rows.text(14),
                          .token_hash = std::nullopt,
                          .renews = rows.text(16),
                          .idempotency_key = rows.text(17),
                          .request_id = RequestId(rows.text(18)),
                          .quotas = {},
                          .required = rows.small(19),
                          .created_at = rows.time(20),
                          .expires_at = rows.time(21),
                          .approvals = {},
                          .ended_at = std::nullopt,
                          .ended_by = Identity(rows.text(23)),
                          .reason = rows.text(24),
                          .serial = rows.text(25)};
  if (!rows.is_null(10)) request.bound_names = decode_names(rows.text(10));
  if (!rows.is_null(15)) request.token_hash = rows.digest(15);
  if (!rows.is_null(22)) request.ended_at = rows.time(22);
  return request;
}

}  // namespace

RequestReader::RequestReader(const SQLite::Database& database)
    : database_(database),
      find_(database, columns + "WHERE id = ?"),
      find_by_key_(database,
                   columns + "WHERE identity = ? AND idempotency_key = ? AND idempotency_key <> ''"),
      find_open_(database,
                 columns + "WHERE request_hash = ? AND renews = ? AND identity = ? AND state IN (0, 1)"),
      of_token_(database, "SELECT 1 FROM requests WHERE token_hash = ?"),
      expired_(database,
               columns +
                   "WHERE state IN (0, 1) AND expires_at <= ? AND NOT EXISTS (SELECT 1 FROM intents i "
                   "WHERE i.approval = requests.id) ORDER BY expires_at LIMIT ?"),
      approvals_(database,
                 "SELECT a.approver, a.serial, a.at FROM requests r JOIN request_approvals a ON "
                 "a.request = r.number WHERE r.id = ? ORDER BY a.at, a.approver"),
      count_(database, "SELECT count(*), min(created_at) FROM requests WHERE state = ? AND expires_at > ?") {}

void RequestReader::add_approvals(ApprovalRequest& request) {
  Query::Rows rows = approvals_.rows(request.id);
  while (rows.next()) request.approvals.push_back({Identity(rows.text(0)), rows.text(1), rows.time(2)});
}

template <typename... Values>
std::optional<ApprovalRequest> RequestReader::find_one(Query& query, const Values&... values) {
  std::optional<ApprovalRequest> request;
  {
    Query::Rows rows = query.rows(values...);
    if (!rows.next()) return std::nullopt;
    request = read_request(rows);
  }
  add_approvals(*request);
  return request;
}

std::optional<ApprovalRequest> RequestReader::find(const std::string& id) {
  return find_one(find_, id);
}

std::optional<ApprovalRequest> RequestReader::find_same(const Identity& identity,
                                                        const std::string& idempotency_key,
                                                        const Digest& request_hash,
                                                        const std::string& renews) {
  if (!idempotency_key.empty()) return find_one(find_by_key_, identity, idempotency_key);
  return find_one(find_open_, request_hash, renews, identity);
}

bool RequestReader::any_of(const Digest& token_hash) {
  return of_token_.rows(token_hash).next();
}

OpenRequests RequestReader::count_open(TimePoint now) {
  OpenRequests open;
  const auto count = [&](RequestState state) -> std::int64_t {
    Query::Rows rows = count_.rows(to_column(state), now);
    if (!rows.next() || rows.is_null(1)) return 0;
    open.oldest = std::min(open.oldest.value_or(rows.time(1)), rows.time(1));
    return rows.number(0);
  };
  open.pending = count(RequestState::pending);
  open.approved = count(RequestState::approved);
  return open;
}

RequestPage RequestReader::list(const RequestFilter& filter, std::int64_t before, int limit) {
  std::string sql = columns + "WHERE number < ?1 ";
  // Open ones are few, so a state leads; an identity leads else.
  if (filter.state) sql += "AND state = ?3 ";
  if (!filter.identity.empty()) sql += filter.state ? "AND +identity = ?4 " : "AND identity = ?4 ";
  Query query(database_, sql + "ORDER BY number DESC LIMIT ?2");
  query.bind(1, before);
  query.bind(2, limit + 1);  // one more tells whether there is a next page
  if (filter.state) query.bind(3, to_column(*filter.state));
  if (!filter.identity.empty()) query.bind(4, filter.identity);
  RequestPage page;
  {
    Query::Rows rows = query.open();
    std::int64_t last = 0;
    while (rows.next()) {
      if (page.requests.size() == static_cast<std::size_t>(limit)) {
        page.next_cursor = encode_cursor({last, std::nullopt});
        break;
      }
      page.requests.push_back(read_request(rows));
      last = rows.number(0);
    }
  }
  for (ApprovalRequest& request : page.requests) add_approvals(request);
  return page;
}

std::vector<ApprovalRequest> RequestReader::expired(TimePoint now, int limit) {
  std::vector<ApprovalRequest> requests;
  {
    Query::Rows rows = expired_.rows(now, limit);
    while (rows.next()) requests.push_back(read_request(rows));
  }
  for (ApprovalRequest& request : requests) add_approvals(request);
  return requests;
}

}  // namespace chancery::store
