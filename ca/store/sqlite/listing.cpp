#include "ca/store/sqlite/listing.h"

#include <algorithm>
#include <limits>

namespace chancery::store {
namespace {

// Behind which every row stands.
Position start_of(const CertificateFilter& filter) {
  if (!lists_by_expiry(filter)) return {std::numeric_limits<std::int64_t>::max(), std::nullopt};
  const TimePoint first = from_unix(std::numeric_limits<std::int64_t>::min());
  return {0, filter.expires_after.value_or(first)};
}

// The later of the two: the lower bound of the filter is this position, and no condition of its own, since
// SQLite might choose that one to look up.
Position behind(const CertificateFilter& filter, const std::optional<Position>& after) {
  const Position start = start_of(filter);
  if (!after || (start.not_after && *after->not_after < *start.not_after)) return start;
  return *after;
}

// CROSS JOIN: in this order.
constexpr const char* with_status = " CROSS JOIN certificate_status s ON s.id = c.id ";

// As the partial index certificates_lineage has it, and the first by its serial.
constexpr const char* of_lineage =
    "(SELECT id FROM certificates WHERE lineage = ?8 AND (renewed_from <> '' OR supersedes <> '') "
    "UNION ALL SELECT id FROM certificate_status WHERE serial = ?8) l CROSS JOIN certificates c ON c.id = "
    "l.id";

}  // namespace

Listing::Listing(const CertificateFilter& filter, const std::optional<Position>& after)
    : filter_(filter), by_expiry_(lists_by_expiry(filter)), lead_(lead()), after_(behind(filter, after)) {}

Listing::Lead Listing::lead() const {
  if (!filter_.lineage.empty()) return Lead::lineage;
  if (!filter_.name.empty()) return Lead::name;
  if (!filter_.identity.empty()) return Lead::identity;
  if (filter_.status == Status::revoked) return Lead::revoked;
  if (by_expiry_) return filter_.profile.empty() ? Lead::expiry : Lead::profile_expiry;
  return filter_.profile.empty() ? Lead::newest : Lead::profile;
}

std::string Listing::sql(const std::string& columns) const {
  std::string from = "FROM ";
  switch (lead_) {
    case Lead::lineage:
      from += of_lineage;
      break;
    case Lead::name:
      from += "certificate_names n CROSS JOIN certificates c ON c.id = n.id";
      break;
    case Lead::identity:
      from += "certificates c INDEXED BY certificates_identity";
      break;
    case Lead::expiry:
      from += "certificates c INDEXED BY certificates_not_after";
      break;
    case Lead::profile_expiry:
      from += "certificates c INDEXED BY certificates_profile_expiry";
      break;
    case Lead::revoked:
      return columns +
             "FROM certificate_status s INDEXED BY certificate_status_revoked CROSS JOIN certificates c ON "
             "c.id = s.id " +
             conditions() + order();
    case Lead::profile:
      from += "certificates c INDEXED BY certificates_profile";
      break;
    case Lead::newest:
      from += "certificates c NOT INDEXED";
      break;
  }
  return columns + from + with_status + conditions() + order();
}

// A plus sign keeps SQLite from choosing an index for the condition.
std::string Listing::conditions() const {
  const bool profile_leads = lead_ == Lead::profile || lead_ == Lead::profile_expiry;
  std::string sql =
      by_expiry_ ? "WHERE (c.not_after, c.id) > (?7, ?1) " : std::string("WHERE ") + id() + " < ?1 ";
  if (!filter_.name.empty()) {
    sql += lead_ == Lead::name ? "AND n.name = ?3 "
                               : "AND c.id IN (SELECT id FROM certificate_names WHERE name = ?3) ";
  }
  if (!filter_.identity.empty())
    sql += lead_ == Lead::identity ? "AND c.identity = ?4 " : "AND +c.identity = ?4 ";
  if (!filter_.profile.empty()) sql += profile_leads ? "AND c.profile = ?5 " : "AND +c.profile = ?5 ";
  if (filter_.status == Status::revoked)
    sql += lead_ == Lead::revoked ? "AND s.status = 1 " : "AND +s.status = 1 ";
  if (filter_.status == Status::valid) sql += "AND +s.status = 0 ";
  if (filter_.status == Status::unrecorded) sql += "AND 0 ";  // no certificate was recorded: nothing to list
  if (filter_.expires_before) sql += "AND c.not_after < ?6 ";
  return sql;
}

std::string Listing::order() const {
  if (by_expiry_) return "ORDER BY c.not_after, c.id LIMIT ?2";
  return std::string("ORDER BY ") + id() + " DESC LIMIT ?2";
}

// Of the table that leads: only its own column is in the order of its index.
const char* Listing::id() const {
  if (lead_ == Lead::name) return "n.id";
  return lead_ == Lead::revoked ? "s.id" : "c.id";
}

void Listing::bind(Query& query, int limit) const {
  query.bind(1, after_.id);
  query.bind(2, limit);
  if (!filter_.name.empty()) query.bind(3, filter_.name);
  if (!filter_.identity.empty()) query.bind(4, filter_.identity);
  if (!filter_.profile.empty()) query.bind(5, filter_.profile);
  if (filter_.expires_before) query.bind(6, *filter_.expires_before);
  if (by_expiry_) query.bind(7, *after_.not_after);
  if (!filter_.lineage.empty()) query.bind(8, filter_.lineage);
}

}  // namespace chancery::store
