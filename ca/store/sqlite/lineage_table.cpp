#include "ca/store/sqlite/lineage_table.h"

#include <algorithm>

#include "ca/store/refusals.h"
#include "ca/store/sqlite/status_column.h"

namespace chancery::store {
namespace {

constexpr const char* lineage_sql =
    "SELECT s.id, s.status, c.lineage FROM certificate_status s LEFT JOIN certificates c ON c.id = s.id "
    "WHERE s.serial = ?";

// As the partial index certificates_lineage has it, and the first by its serial.
constexpr const char* members_sql =
    "SELECT s.id, s.serial, c.renewed_from, s.status, c.not_after FROM certificates c "
    "JOIN certificate_status s ON s.id = c.id WHERE c.id IN ("
    "SELECT id FROM certificates WHERE lineage = ?1 AND (renewed_from <> '' OR supersedes <> '') "
    "UNION ALL SELECT id FROM certificate_status WHERE serial = ?1) ORDER BY c.id LIMIT ?2";

// CROSS JOIN: in this order, since open issuances are few.
constexpr const char* open_sql =
    "SELECT s.id, s.serial, i.renews, s.status FROM intents i CROSS JOIN certificate_status s ON s.id = i.id "
    "WHERE i.renews <> '' ORDER BY i.id";

}  // namespace

LineageTable::LineageTable(const SQLite::Database& database)
    : lineage_(database, lineage_sql), members_(database, members_sql), open_(database, open_sql) {}

Result<std::vector<LineageMember>> LineageTable::descent_of(const std::string& serial, TimePoint at) {
  std::string lineage;
  {
    Query::Rows rows = lineage_.rows(serial);
    if (!rows.next()) return unknown_serial(serial);
    if (rows.is_null(2)) {  // never recorded, so nothing descends from it
      const bool revoked = status_from_column(rows.small(1)) == Status::revoked;
      return std::vector<LineageMember>{{rows.number(0), serial, "", !revoked, false, std::nullopt}};
    }
    lineage = rows.text(2);
  }
  std::vector<LineageMember> members;
  {
    Query::Rows rows = members_.rows(lineage, lineage_limit + 1);
    while (rows.next()) {
      const bool revocable = status_from_column(rows.small(3)) != Status::revoked && rows.time(4) >= at;
      members.push_back({rows.number(0), rows.text(1), rows.text(2), revocable, false, rows.time(4)});
    }
  }
  if (members.size() > lineage_limit) return lineage_too_long(lineage_limit);
  Query::Rows rows = open_.rows();
  while (rows.next()) {
    const bool revocable = status_from_column(rows.small(3)) != Status::revoked;
    members.push_back({rows.number(0), rows.text(1), rows.text(2), revocable, true, std::nullopt});
  }
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return descent(members, serial);
}

}  // namespace chancery::store
