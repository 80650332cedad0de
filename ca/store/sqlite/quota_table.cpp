#include "ca/store/sqlite/quota_table.h"

#include "ca/store/refusals.h"

namespace chancery::store {

QuotaReader::QuotaReader(const SQLite::Database& database)
    : newest_(database,
              "SELECT at FROM quota_uses WHERE subject = ?1 AND at > ?2 ORDER BY at DESC LIMIT ?3") {}

QuotaUse QuotaReader::use_of(const Quota& quota, TimePoint now) {
  Query::Rows rows = newest_.rows(quota.subject, now - quota.window, quota.most);
  QuotaUse use;
  TimePoint oldest;
  while (rows.next()) {
    ++use.used;
    oldest = rows.time(0);
  }
  if (use.used >= quota.most) use.free_at = oldest + quota.window;
  return use;
}

std::vector<QuotaUse> QuotaReader::uses_of(const std::vector<Quota>& quotas, TimePoint now) {
  std::vector<QuotaUse> uses;
  uses.reserve(quotas.size());
  for (const Quota& quota : quotas) uses.push_back(use_of(quota, now));
  return uses;
}

Result<void> QuotaReader::check(const std::vector<Quota>& quotas, TimePoint now) {
  std::vector<Quota> spent;
  for (const Quota& quota : quotas) {
    if (use_of(quota, now).used >= quota.most) spent.push_back(quota);
  }
  if (spent.empty()) return {};
  return quotas_spent(spent);
}

QuotaWriter::QuotaWriter(const SQLite::Database& database)
    : forget_(database, "DELETE FROM quota_uses WHERE subject = ? AND at <= ?"),
      take_(database, "INSERT INTO quota_uses (subject, at, id) VALUES (?, ?, ?)"),
      give_back_(database, "DELETE FROM quota_uses WHERE id = ?") {}

void QuotaWriter::take(const std::vector<Quota>& quotas, TimePoint now, std::int64_t id) {
  for (const Quota& quota : quotas) {
    forget_.run(quota.subject, now - quota.window);
    take_.run(quota.subject, now, id);
  }
}

void QuotaWriter::give_back(std::int64_t id) {
  give_back_.run(id);
}

}  // namespace chancery::store
