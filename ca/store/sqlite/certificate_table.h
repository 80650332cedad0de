// Certificates, their status and open intents, in SQL: the reading side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/store/cursor.h"
#include "ca/store/sqlite/expiry_counts.h"
#include "ca/store/sqlite/query.h"
#include "ca/store/store.h"

namespace chancery::store {

// On one reading connection.
class CertificateReader {
 public:
  explicit CertificateReader(const SQLite::Database& database);

  std::optional<CertificateRow> find(const std::string& serial);
  std::optional<CertificateRow> find_by_idempotency_key(const Identity& identity, const std::string& key);
  std::optional<CertificateRow> find_repeat(const Digest& request_hash, const std::string& renews,
                                            TimePoint since, TimePoint at);
  std::optional<Superseded> find_superseded(const Identity& identity, const ProfileName& profile,
                                            const std::vector<std::string>& names, TimePoint at);
  // `after`: goes on behind it. Precondition: limit has been checked.
  CertificatePage list(const CertificateFilter& filter, const std::optional<Position>& after, int limit);
  std::optional<StatusRecord> find_status(const std::string& serial);
  std::vector<std::int64_t> count_expiring(TimePoint now, const std::vector<Seconds>& within);
  std::vector<Intent> open_intents();
  std::vector<SerialRow> serials(std::int64_t after, int limit);

 private:
  const SQLite::Database& database_;
  Query find_, find_by_key_, find_repeat_, newest_, status_, open_intents_, serials_;
  ExpiryCountsReader expiry_;
};

}  // namespace chancery::store
