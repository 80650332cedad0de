// What is counted against quotas, in SQL.
#pragma once

#include <vector>

#include "ca/store/sqlite/query.h"
#include "ca/store/store.h"

namespace chancery::store {

// On any connection.
class QuotaReader {
 public:
  explicit QuotaReader(const SQLite::Database& database);

  // As Store::check_quotas.
  std::vector<QuotaUse> uses_of(const std::vector<Quota>& quotas, TimePoint now);
  // What the request with this number holds does not count against it; 0 = none. Errors: rate_limited, as
  // Store::begin_issuance.
  Result<void> check(const std::vector<Quota>& quotas, TimePoint now, std::int64_t request);

 private:
  QuotaUse use_of(const Quota& quota, TimePoint now, std::int64_t request);

  Query newest_, held_;
};

// On the writer's connection and inside its transaction only, after QuotaReader::check on the same.
class QuotaWriter {
 public:
  explicit QuotaWriter(const SQLite::Database& database);

  // One use of each, by the issuance with this id. What has left the window is forgotten on the way.
  void take(const std::vector<Quota>& quotas, TimePoint now, std::int64_t id);
  void give_back(std::int64_t id);
  // One use of each, by the request with this number, until it is released.
  void hold(const std::vector<Quota>& quotas, std::int64_t request);
  void release(std::int64_t request);
  // What the issuance with this id has taken is the request's again; before give_back().
  void hold_again(std::int64_t id, std::int64_t request);
  // Of all cancelled requests of this token.
  void release_cancelled(const Digest& token_hash);
  // As Store::forget_quota_uses.
  int forget(TimePoint until, int limit);

 private:
  Query forget_, take_, give_back_, hold_, release_, hold_again_, release_cancelled_, forget_oldest_;
};

}  // namespace chancery::store
