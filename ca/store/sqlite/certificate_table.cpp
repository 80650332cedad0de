#include "ca/store/sqlite/certificate_table.h"

#include <algorithm>

#include "ca/store/lineage.h"
#include "ca/store/sqlite/listing.h"
#include "ca/store/sqlite/name_list.h"
#include "ca/store/sqlite/status_column.h"

namespace chancery::store {
namespace {

const std::string row_columns =
    "SELECT s.serial, c.der, c.fingerprint, c.spki_hash, c.request_hash, c.not_before, c.not_after, "
    "c.renew_after, "
    "c.issued_at, c.identity, c.profile, c.profile_hash, c.subject, c.names, c.renewed_from, c.lineage, "
    "c.idempotency_key, c.request_id, s.status, s.revoked_at, s.reason, c.id, c.supersedes, c.approvers ";
constexpr int id_column = 21;
const std::string row_tables = "FROM certificates c JOIN certificate_status s ON s.id = c.id ";

constexpr const char* serials_sql =
    "SELECT s.id, s.serial, s.status, s.revoked_at, s.reason, i.id, c.fingerprint, c.log_sequence, "
    "c.approvers "
    "FROM certificate_status s LEFT JOIN intents i ON i.id = s.id LEFT JOIN certificates c ON c.id = s.id "
    "WHERE s.id > ? ORDER BY s.id LIMIT ?";

StatusRecord read_status(const Query::Rows& rows, std::string serial, int first) {
  StatusRecord status{std::move(serial), status_from_column(rows.small(first)), std::nullopt,
                      rows.small(first + 2)};
  if (!rows.is_null(first + 1)) status.revoked_at = rows.time(first + 1);
  return status;
}

CertificateRow read_row(const Query::Rows& rows) {
  CertificateRecord record{.serial = rows.text(0),
                           .der = rows.bytes(1),
                           .fingerprint = rows.digest(2),
                           .spki_hash = rows.digest(3),
                           .request_hash = rows.digest(4),
                           .not_before = rows.time(5),
                           .not_after = rows.time(6),
                           .renew_after = rows.time(7),
                           .issued_at = rows.time(8),
                           .identity = Identity(rows.text(9)),
                           .profile = ProfileName(rows.text(10)),
                           .profile_hash = rows.digest(11),
                           .subject = rows.text(12),
                           .names = decode_names(rows.text(13)),
                           .renewed_from = rows.text(14),
                           .supersedes = rows.text(22),
                           .lineage = rows.text(15),
                           .approvers = decode_names(rows.text(23)),
                           .idempotency_key = rows.text(16),
                           .request_id = RequestId(rows.text(17))};
  StatusRecord status = read_status(rows, record.serial, 18);
  return {std::move(record), std::move(status)};
}

template <typename... Values>
std::optional<CertificateRow> find_row(Query& query, const Values&... values) {
  Query::Rows rows = query.rows(values...);
  if (!rows.next()) return std::nullopt;
  return read_row(rows);
}

const std::string repeat_condition =
    "WHERE substr(c.request_hash, 1, 8) = substr(?1, 1, 8) AND c.request_hash = ?1 AND c.renewed_from = ?2 "
    "AND c.issued_at >= ?3 AND c.renew_after > ?4 AND s.status = 0 ORDER BY c.id DESC LIMIT 1";

constexpr const char* newest_sql =
    "SELECT s.serial, c.lineage, s.status, c.not_after, c.profile, c.names "
    "FROM certificates c JOIN certificate_status s ON s.id = c.id WHERE c.identity = ? ORDER BY c.id DESC "
    "LIMIT ?";

constexpr const char* open_intents_sql =
    "SELECT s.serial, i.tbs_hash, i.request_hash, i.identity, i.profile, i.request_id, i.created_at, "
    "i.token_hash, "
    "i.idempotency_key, i.spki_hash, i.renews, i.approval FROM intents i JOIN certificate_status s ON s.id = "
    "i.id ORDER BY i.id";

}  // namespace

CertificateReader::CertificateReader(const SQLite::Database& database)
    : database_(database),
      find_(database, row_columns + row_tables + "WHERE s.serial = ?"),
      find_by_key_(database,
                   row_columns + row_tables +
                       "WHERE c.identity = ? AND c.idempotency_key = ? AND c.idempotency_key <> ''"),
      find_repeat_(database, row_columns + row_tables + repeat_condition),
      newest_(database, newest_sql),
      status_(database, "SELECT status, revoked_at, reason FROM certificate_status WHERE serial = ?"),
      open_intents_(database, open_intents_sql),
      serials_(database, serials_sql),
      expiry_(database) {}

std::vector<SerialRow> CertificateReader::serials(std::int64_t after, int limit) {
  std::vector<SerialRow> list;
  Query::Rows rows = serials_.rows(after, limit);
  while (rows.next()) {
    SerialRow row{
        .id = rows.number(0), .status = read_status(rows, rows.text(1), 2), .open = !rows.is_null(5)};
    if (!rows.is_null(6)) {
      row.fingerprint = rows.digest(6);
      row.log_sequence = rows.number(7);
      row.approvers = decode_names(rows.text(8));
    }
    list.push_back(std::move(row));
  }
  return list;
}

std::optional<CertificateRow> CertificateReader::find(const std::string& serial) {
  return find_row(find_, serial);
}

std::optional<CertificateRow> CertificateReader::find_by_idempotency_key(const Identity& identity,
                                                                         const std::string& key) {
  return find_row(find_by_key_, identity, key);
}

std::optional<CertificateRow> CertificateReader::find_repeat(const Digest& request_hash,
                                                             const std::string& renews, TimePoint since,
                                                             TimePoint at) {
  return find_row(find_repeat_, request_hash, renews, since, at);
}

std::optional<Superseded> CertificateReader::find_superseded(const Identity& identity,
                                                             const ProfileName& profile,
                                                             const std::vector<std::string>& names,
                                                             TimePoint at) {
  Query::Rows rows = newest_.rows(identity, superseded_depth);
  while (rows.next()) {
    if (status_from_column(rows.small(2)) == Status::valid && rows.time(3) >= at &&
        rows.text(4) == profile.text() && same_names(decode_names(rows.text(5)), names)) {
      return Superseded{rows.text(0), rows.text(1)};
    }
  }
  return std::nullopt;
}

CertificatePage CertificateReader::list(const CertificateFilter& filter, const std::optional<Position>& after,
                                        int limit) {
  const Listing listing(filter, after);
  Query query(database_, listing.sql(row_columns));
  listing.bind(query, limit + 1);  // one more tells whether there is a next page
  CertificatePage page;
  Query::Rows rows = query.open();
  Position last;
  while (rows.next()) {
    if (page.rows.size() == static_cast<std::size_t>(limit)) {
      page.next_cursor = encode_cursor(last);
      break;
    }
    page.rows.push_back(read_row(rows));
    last.id = rows.number(id_column);
    if (lists_by_expiry(filter)) last.not_after = page.rows.back().certificate.not_after;
  }
  return page;
}

std::optional<StatusRecord> CertificateReader::find_status(const std::string& serial) {
  Query::Rows rows = status_.rows(serial);
  if (!rows.next()) return std::nullopt;
  return read_status(rows, serial, 0);
}

std::vector<std::int64_t> CertificateReader::count_expiring(TimePoint now,
                                                            const std::vector<Seconds>& within) {
  // Each certificate is counted once however many of the windows hold it.
  std::vector<std::size_t> order(within.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return within[a] < within[b]; });
  std::vector<std::int64_t> counts(within.size());
  TimePoint from = now;
  std::int64_t total = 0;
  for (const std::size_t i : order) {
    const TimePoint until = now + within[i];
    if (until > from) total += expiry_.count(from, until);
    from = std::max(from, until);
    counts[i] = total;
  }
  return counts;
}

std::vector<Intent> CertificateReader::open_intents() {
  std::vector<Intent> intents;
  Query::Rows rows = open_intents_.rows();
  while (rows.next()) {
    Intent intent{.serial = rows.text(0),
                  .tbs_hash = rows.digest(1),
                  .request_hash = rows.digest(2),
                  .spki_hash = rows.digest(9),
                  .identity = Identity(rows.text(3)),
                  .profile = ProfileName(rows.text(4)),
                  .request_id = RequestId(rows.text(5)),
                  .created_at = rows.time(6),
                  .token_hash = std::nullopt,
                  .idempotency_key = rows.text(8),
                  .renews = rows.text(10),
                  .approval = rows.text(11),
                  .authorised_by = {},
                  .fresh_key = false,
                  .repeats_since = std::nullopt};
    if (!rows.is_null(7)) intent.token_hash = rows.digest(7);
    intents.push_back(std::move(intent));
  }
  return intents;
}

}  // namespace chancery::store
