#include "ca/store/sqlite/audit_table.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>

namespace chancery::store {
namespace {

constexpr const char* last_sql = "SELECT sequence FROM audit ORDER BY sequence DESC LIMIT 1";

Bytes joined(const std::vector<Digest>& hashes) {
  Bytes bytes;
  bytes.reserve(hashes.size() * sizeof(Digest));
  for (const Digest& hash : hashes) bytes.insert(bytes.end(), hash.begin(), hash.end());
  return bytes;
}

// The first `width` hashes of a complete tile's.
std::vector<Digest> first_hashes(const Bytes& bytes, int width) {
  if (bytes.size() != sizeof(Digest) * log_tile_width) {
    throw SQLite::Exception("a stored tile does not have 256 hashes", SQLITE_CORRUPT);
  }
  std::vector<Digest> hashes(static_cast<std::size_t>(width));
  auto from = bytes.begin();
  for (Digest& hash : hashes) {
    std::copy_n(from, hash.size(), hash.begin());
    from += static_cast<std::ptrdiff_t>(hash.size());
  }
  return hashes;
}

AuditEntry read_entry(const Query::Rows& rows) {
  return {rows.number(0),
          {rows.time(1), rows.text(2), Identity(rows.text(3)), rows.text(4), rows.text(5)},
          rows.digest(6)};
}

std::int64_t number_or_zero(Query& query) {
  Query::Rows rows = query.rows();
  return rows.next() ? rows.number(0) : 0;
}

}  // namespace

TileWriter::TileWriter(const SQLite::Database& database)
    : add_(database, "INSERT INTO log_tiles (level, number, root, hashes) VALUES (?, ?, ?, ?)") {}

void TileWriter::add(int level, std::int64_t number, const std::vector<Digest>& hashes, const Digest& root) {
  add_.run(level, number, root, joined(hashes));
}

TileReader::TileReader(const SQLite::Database& database)
    : complete_(database, "SELECT hashes FROM log_tiles WHERE level = ? AND number = ?"),
      leaves_(database, "SELECT hash FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?"),
      roots_(database, "SELECT root FROM log_tiles WHERE level = ? AND number >= ? ORDER BY number LIMIT ?") {
}

std::vector<Digest> TileReader::read(int level, std::int64_t number, int width) {
  {
    Query::Rows rows = complete_.rows(level, number);
    if (rows.next()) return first_hashes(rows.bytes(0), width);
  }
  std::vector<Digest> hashes;
  const std::int64_t first = number * log_tile_width;
  Query::Rows rows = level == 0 ? leaves_.rows(first, width) : roots_.rows(level - 1, first, width);
  while (rows.next()) hashes.push_back(rows.digest(0));
  return hashes;
}

AuditWriter::AuditWriter(const SQLite::Database& database, LogHashing hashing)
    : hashing_(std::move(hashing)),
      edge_(hashing_.node),
      tiles_(database),
      complete_(database),
      last_(database, last_sql),
      append_(database,
              "INSERT INTO audit (sequence, at, event_type, actor, subject, fields, hash) "
              "VALUES (?, ?, ?, ?, ?, ?, ?)"),
      publish_(database, "INSERT INTO outbox (sequence, type, payload, at) VALUES (?, ?, ?, ?)"),
      acknowledge_(database, "DELETE FROM outbox WHERE sequence <= ?") {}

void AuditWriter::load_edge() {
  const std::int64_t size = number_or_zero(last_);
  if (known_ && size == edge_.size()) return;
  edge_.load(size, [this](int level, std::int64_t number, int width) {
    std::vector<Digest> hashes = tiles_.read(level, number, width);
    if (hashes.size() == static_cast<std::size_t>(width)) return hashes;
    throw SQLite::Exception("a tile of the audit log is missing", SQLITE_CORRUPT);
  });
  known_ = true;
}

Result<Digest> AuditWriter::hash(const AuditDraft& event) const {
  return hashing_.leaf(next(), event);
}

void AuditWriter::append(const AuditDraft& event, const Digest& leaf) {
  append_.run(next(), event.at, event.event_type, event.actor, event.subject, event.fields, leaf);
  edge_.append(leaf, [this](int level, std::int64_t number, const auto& hashes, const Digest& root) {
    complete_.add(level, number, hashes, root);
  });
}

void AuditWriter::publish(const OutboxEvent& event) {
  publish_.run(edge_.size(), event.type, event.payload, event.at);
}

void AuditWriter::acknowledge(std::int64_t through) {
  acknowledge_.run(through);
}

AuditReader::AuditReader(const SQLite::Database& database)
    : tiles(database),
      entries_(database,
               "SELECT sequence, at, event_type, actor, subject, fields, hash FROM audit "
               "WHERE sequence > ? ORDER BY sequence LIMIT ?"),
      size_(database, last_sql),
      find_entry_(database,
                  "SELECT a.sequence, a.at, a.event_type, a.actor, a.subject, a.fields, a.hash "
                  "FROM certificate_status s JOIN certificates c ON c.id = s.id "
                  "JOIN audit a ON a.sequence = c.log_sequence WHERE s.serial = ?"),
      outbox_(database, "SELECT sequence, type, payload, at FROM outbox ORDER BY sequence LIMIT ?") {}

std::vector<AuditEntry> AuditReader::entries(std::int64_t after, int limit) {
  std::vector<AuditEntry> entries;
  Query::Rows rows = entries_.rows(after, limit);
  while (rows.next()) entries.push_back(read_entry(rows));
  return entries;
}

std::int64_t AuditReader::size() {
  return number_or_zero(size_);
}

std::optional<AuditEntry> AuditReader::find_entry(const std::string& serial) {
  Query::Rows rows = find_entry_.rows(serial);
  return rows.next() ? std::optional(read_entry(rows)) : std::nullopt;
}

std::vector<std::pair<std::int64_t, OutboxEvent>> AuditReader::outbox(int limit) {
  std::vector<std::pair<std::int64_t, OutboxEvent>> events;
  Query::Rows rows = outbox_.rows(limit);
  while (rows.next()) {
    events.emplace_back(rows.number(0), OutboxEvent{rows.text(1), rows.text(2), rows.time(3)});
  }
  return events;
}

}  // namespace chancery::store
