// Intents, certificates and their status, in SQL: the writing side.
#pragma once

#include <string>

#include "ca/store/sqlite/expiry_counts.h"
#include "ca/store/sqlite/key_ownership.h"
#include "ca/store/sqlite/lineage_table.h"
#include "ca/store/sqlite/query.h"
#include "ca/store/sqlite/quota_table.h"
#include "ca/store/sqlite/request_table.h"
#include "ca/store/sqlite/token_table.h"
#include "ca/store/sqlite/valid_certificates.h"
#include "ca/store/store.h"

namespace chancery::store {

// On the writer's connection and inside its transaction only. Every member checks first and then writes, so
// that a refusal leaves nothing to undo and a commit of many needs no savepoints.
class IssuanceWriter {
 public:
  IssuanceWriter(const SQLite::Database& database, TokenWriter& tokens, RequestWriter& requests);

  Result<void> begin(const Intent& intent);
  // As Store::check_issuance.
  Result<void> check(const Intent& intent);
  // `log_sequence`: of the audit entry that is written with it.
  Result<void> complete(const CertificateRecord& certificate, std::int64_t log_sequence);
  Result<void> abandon(const std::string& serial);
  Result<void> revoke(const std::string& serial, TimePoint at, int reason);
  // As Store::revoke_lineage; the serials.
  Result<std::vector<std::string>> revoke_lineage(const std::string& serial, TimePoint at, int reason);
  // As Store::forget_quota_uses.
  int forget_quota_uses(TimePoint until, int limit) { return quota_uses_.forget(until, limit); }
  // unavailable or conflict when the same request is open or has been answered; `but`: the approved request
  // that is not meant.
  Result<void> check_not_repeated(const Identity& identity, const std::string& idempotency_key,
                                  const Digest& request_hash, const std::string& renews,
                                  const std::optional<TimePoint>& since, TimePoint at,
                                  const std::string& but);

 private:
  struct OpenIntent {
    std::int64_t id = 0;
    Status status = Status::unrecorded;
    std::string identity, idempotency_key;
    std::optional<Digest> token_hash;
    std::string approval;
  };
  std::optional<OpenIntent> find_open(const std::string& serial);
  Result<void> check_key_unused(const Identity& identity, const std::string& key, const Digest& request_hash);
  Result<void> check_hash_unused(const Digest& request_hash, const std::string& renews, TimePoint since,
                                 TimePoint at);
  void insert(std::int64_t id, const CertificateRecord& certificate, std::int64_t log_sequence);

  const SQLite::Database& database_;
  TokenWriter& tokens_;
  RequestWriter& requests_;
  Query key_open_, key_answered_, hash_open_, hash_answered_, add_serial_, add_intent_, find_open_,
      end_intent_;
  Query set_valid_, add_certificate_, add_name_, status_, revoke_;
  ValidCertificates valid_;
  LineageTable lineages_;
  KeyOwnership keys_;
  ExpiryCountsWriter expiry_;
  QuotaReader quotas_;
  QuotaWriter quota_uses_;
};

}  // namespace chancery::store
