#include "ca/store/sqlite/lineage_table.h"

#include <algorithm>

#include "ca/store/refusals.h"
#include "ca/store/sqlite/status_column.h"

namespace chancery::store {
namespace {

constexpr const char* lineage_sql =
    "SELECT s.id, s.status, c.lineage, s.reason FROM certificate_status s LEFT JOIN certificates c ON c.id = "
    "s.id "
    "WHERE s.serial = ?";

// As the partial index certificates_lineage has it, and the first by its serial.
constexpr const char* members_sql =
    "SELECT s.id, s.serial, c.renewed_from, s.status, c.not_after, s.reason FROM certificates c "
    "JOIN certificate_status s ON s.id = c.id WHERE c.id IN ("
    "SELECT id FROM certificates WHERE lineage = ?1 AND (renewed_from <> '' OR supersedes <> '') "
    "UNION ALL SELECT id FROM certificate_status WHERE serial = ?1) ORDER BY c.id LIMIT ?2";

// CROSS JOIN: in this order, since open issuances are few.
constexpr const char* open_sql =
    "SELECT s.id, s.serial, i.renews, s.status, s.reason FROM intents i CROSS JOIN certificate_status s ON "
    "s.id = i.id "
    "WHERE i.renews <> '' ORDER BY i.id";

LineageMember member_of(const Query::Rows& rows, int status_column, int reason_column) {
  LineageMember member;
  member.id = rows.number(0);
  member.revoked = status_from_column(rows.small(status_column)) == Status::revoked;
  member.compromised = member.revoked && rows.small(reason_column) == key_compromise;
  member.revocable = !member.revoked;
  return member;
}

}  // namespace

LineageTable::LineageTable(const SQLite::Database& database)
    : lineage_(database, lineage_sql), members_(database, members_sql), open_(database, open_sql) {}

Result<std::vector<LineageMember>> LineageTable::descent_of(const std::string& serial, TimePoint at) {
  std::string lineage;
  {
    Query::Rows rows = lineage_.rows(serial);
    if (!rows.next()) return unknown_serial(serial);
    if (rows.is_null(2)) {  // never recorded, so nothing descends from it
      LineageMember alone = member_of(rows, 1, 3);
      alone.serial = serial;
      return std::vector<LineageMember>{std::move(alone)};
    }
    lineage = rows.text(2);
  }
  std::vector<LineageMember> members;
  {
    Query::Rows rows = members_.rows(lineage, lineage_limit + 1);
    while (rows.next()) {
      LineageMember member = member_of(rows, 3, 5);
      member.serial = rows.text(1);
      member.renewed_from = rows.text(2);
      member.not_after = rows.time(4);
      member.revocable = !member.revoked && rows.time(4) >= at;
      members.push_back(std::move(member));
    }
  }
  if (members.size() > lineage_limit) return lineage_too_long(lineage_limit);
  Query::Rows rows = open_.rows();
  while (rows.next()) {
    LineageMember member = member_of(rows, 3, 4);
    member.serial = rows.text(1);
    member.renewed_from = rows.text(2);
    member.open = true;
    members.push_back(std::move(member));
  }
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return descent(members, serial);
}

}  // namespace chancery::store
