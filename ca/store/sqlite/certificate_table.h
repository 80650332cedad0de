// Certificates, their status and open intents, in SQL: the reading side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/store/sqlite/query.h"
#include "ca/store/store.h"

namespace chancery::store {

// On one reading connection.
class CertificateReader {
 public:
  explicit CertificateReader(const SQLite::Database& database);

  std::optional<CertificateRow> find(const std::string& serial);
  std::optional<CertificateRow> find_by_idempotency_key(const Identity& identity, const std::string& key);
  // `before`: ids below it only. Precondition: limit has been checked.
  CertificatePage list(const CertificateFilter& filter, std::int64_t before, int limit);
  std::optional<StatusRecord> find_status(const std::string& serial);
  std::vector<std::int64_t> count_expiring(TimePoint now, const std::vector<Seconds>& within);
  std::vector<Intent> open_intents();

 private:
  std::int64_t count_valid(TimePoint from, TimePoint until);

  const SQLite::Database& database_;
  Query find_, find_by_key_, status_, count_valid_, open_intents_;
};

}  // namespace chancery::store
