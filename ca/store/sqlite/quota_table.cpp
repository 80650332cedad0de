#include "ca/store/sqlite/quota_table.h"

#include "ca/store/refusals.h"

namespace chancery::store {
namespace {

constexpr const char* release_cancelled_sql =
    "DELETE FROM quota_holds WHERE request IN "
    "(SELECT number FROM requests WHERE token_hash = ? AND state = 6)";

constexpr const char* forget_oldest_sql =
    "DELETE FROM quota_uses WHERE (subject, at, id) IN "
    "(SELECT subject, at, id FROM quota_uses WHERE at <= ? ORDER BY at LIMIT ?)";

}  // namespace

QuotaReader::QuotaReader(const SQLite::Database& database)
    : newest_(database, "SELECT at FROM quota_uses WHERE subject = ?1 AND at > ?2 ORDER BY at DESC LIMIT ?3"),
      held_(database, "SELECT 1 FROM quota_holds WHERE subject = ? AND request <> ? LIMIT ?") {}

QuotaUse QuotaReader::use_of(const Quota& quota, TimePoint now, std::int64_t request) {
  QuotaUse use;
  {
    Query::Rows rows = held_.rows(quota.subject, request, quota.most);
    while (rows.next()) ++use.used;
  }
  Query::Rows rows = newest_.rows(quota.subject, now - quota.window, quota.most - use.used);
  std::optional<TimePoint> last;
  while (rows.next()) {
    ++use.used;
    last = rows.time(0) + quota.window;
  }
  if (use.used >= quota.most) use.free_at = last;
  return use;
}

std::vector<QuotaUse> QuotaReader::uses_of(const std::vector<Quota>& quotas, TimePoint now) {
  std::vector<QuotaUse> uses;
  uses.reserve(quotas.size());
  for (const Quota& quota : quotas) uses.push_back(use_of(quota, now, 0));
  return uses;
}

Result<void> QuotaReader::check(const std::vector<Quota>& quotas, TimePoint now, std::int64_t request) {
  std::vector<Quota> spent;
  for (const Quota& quota : quotas) {
    if (use_of(quota, now, request).used >= quota.most) spent.push_back(quota);
  }
  if (spent.empty()) return {};
  return quotas_spent(spent);
}

QuotaWriter::QuotaWriter(const SQLite::Database& database)
    : forget_(database, "DELETE FROM quota_uses WHERE subject = ? AND at <= ?"),
      take_(database, "INSERT INTO quota_uses (subject, at, id) VALUES (?, ?, ?)"),
      give_back_(database, "DELETE FROM quota_uses WHERE id = ?"),
      hold_(database, "INSERT INTO quota_holds (subject, request) VALUES (?, ?)"),
      release_(database, "DELETE FROM quota_holds WHERE request = ?"),
      hold_again_(
          database,
          "INSERT INTO quota_holds (subject, request) SELECT subject, ?2 FROM quota_uses WHERE id = ?1"),
      release_cancelled_(database, release_cancelled_sql),
      forget_oldest_(database, forget_oldest_sql) {}

void QuotaWriter::take(const std::vector<Quota>& quotas, TimePoint now, std::int64_t id) {
  for (const Quota& quota : quotas) {
    forget_.run(quota.subject, now - quota.window);
    take_.run(quota.subject, now, id);
  }
}

void QuotaWriter::give_back(std::int64_t id) {
  give_back_.run(id);
}

void QuotaWriter::hold(const std::vector<Quota>& quotas, std::int64_t request) {
  for (const Quota& quota : quotas) hold_.run(quota.subject, request);
}

void QuotaWriter::release(std::int64_t request) {
  release_.run(request);
}

void QuotaWriter::hold_again(std::int64_t id, std::int64_t request) {
  hold_again_.run(id, request);
}

void QuotaWriter::release_cancelled(const Digest& token_hash) {
  release_cancelled_.run(token_hash);
}

int QuotaWriter::forget(TimePoint until, int limit) {
  return forget_oldest_.run(until, limit);
}

}  // namespace chancery::store
