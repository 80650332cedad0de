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
  // Errors: rate_limited, as Store::begin_issuance.
  Result<void> check(const std::vector<Quota>& quotas, TimePoint now);

 private:
  QuotaUse use_of(const Quota& quota, TimePoint now);

  Query newest_;
};

// On the writer's connection and inside its transaction only, after QuotaReader::check on the same.
class QuotaWriter {
 public:
  explicit QuotaWriter(const SQLite::Database& database);

  // One use of each, by the issuance with this id. What has left the window is forgotten on the way.
  void take(const std::vector<Quota>& quotas, TimePoint now, std::int64_t id);
  void give_back(std::int64_t id);

 private:
  Query forget_, take_, give_back_;
};

}  // namespace chancery::store
