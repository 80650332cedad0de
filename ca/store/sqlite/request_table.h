// Requests for approval, in SQL.
#pragma once

#include <optional>
#include <string>

#include "ca/store/sqlite/key_ownership.h"
#include "ca/store/sqlite/query.h"
#include "ca/store/sqlite/quota_table.h"
#include "ca/store/sqlite/token_table.h"
#include "ca/store/sqlite/valid_certificates.h"
#include "ca/store/store.h"

namespace chancery::store {

// On any connection.
class RequestReader {
 public:
  explicit RequestReader(const SQLite::Database& database);

  std::optional<ApprovalRequest> find(const std::string& id);
  std::optional<ApprovalRequest> find_same(const Identity& identity, const std::string& idempotency_key,
                                           const Digest& request_hash, const std::string& renews);
  bool any_of(const Digest& token_hash);
  OpenRequests count_open(TimePoint now);
  // `before`: numbers below it only. Precondition: limit has been checked.
  RequestPage list(const RequestFilter& filter, std::int64_t before, int limit);
  std::vector<ApprovalRequest> expired(TimePoint now, int limit);

 private:
  template <typename... Values>
  std::optional<ApprovalRequest> find_one(Query& query, const Values&... values);
  void add_approvals(ApprovalRequest& request);

  const SQLite::Database& database_;
  Query find_, find_by_key_, find_open_, of_token_, expired_, approvals_, count_;
};

// Writes; on the writer's connection and inside its transaction only. Each checks before it changes anything.
class RequestWriter {
 public:
  RequestWriter(const SQLite::Database& database, TokenWriter& tokens);

  Result<void> add(const ApprovalRequest& request, const RequestLimits& limits);
  // What add() would say; the same request is looked for elsewhere.
  Result<void> check(const ApprovalRequest& request, const RequestLimits& limits);
  Result<void> approve(const std::string& id, const Approval& approval, int required);
  Result<void> end(const std::string& id, const RequestEnd& end);

  // For an issuance that names its id: whether it may begin.
  Result<void> check_ready(const Intent& intent);
  void issued(const std::string& id, const std::string& serial, TimePoint at);
  // conflict when another request has this identity's Idempotency-Key, or an open one has the same hash.
  Result<void> check_not_asked(const Identity& identity, const std::string& idempotency_key,
                               const Digest& request_hash, const std::string& renews, const std::string& but);
  // Those that this token pays for end with it.
  void cancel_of(const Digest& token_hash, TimePoint at, const Identity& by);
  // 0 = there is no such request.
  std::int64_t number_of(const std::string& id);

 private:
  Result<void> check_limits(const ApprovalRequest& request, const RequestLimits& limits);
  bool is_being_issued(const std::string& id) { return being_issued_.rows(id).next(); }

  TokenWriter& tokens_;
  RequestReader reader_;
  ValidCertificates valid_;
  KeyOwnership keys_;
  QuotaReader quotas_;
  QuotaWriter quota_uses_;
  Query add_, number_, count_of_, count_all_, add_approval_, set_state_, end_, being_issued_, cancel_of_;
};

}  // namespace chancery::store
