#include "ca/store/sqlite/audit_table.h"

namespace chancery::store {

AuditWriter::AuditWriter(const SQLite::Database& database, LinkAuditEntry link)
    : link_(std::move(link)),
      last_(database, "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"),
      append_(database,
              "INSERT INTO audit (sequence, at, event_type, actor, subject, fields, previous, hash) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      publish_(database, "INSERT INTO outbox (sequence, type, payload, at) VALUES (?, ?, ?, ?)"),
      acknowledge_(database, "DELETE FROM outbox WHERE sequence <= ?") {}

void AuditWriter::load_head() {
  Query::Rows rows = last_.rows();
  const bool any = rows.next();
  sequence_ = any ? rows.number(0) : 0;
  head_ = any ? rows.digest(1) : Digest{};
}

void AuditWriter::append(const AuditDraft& event) {
  const Digest hash = link_(sequence_ + 1, head_, event);
  append_.run(sequence_ + 1, event.at, event.event_type, event.actor, event.subject, event.fields, head_,
              hash);
  ++sequence_;
  head_ = hash;
}

void AuditWriter::publish(const OutboxEvent& event) {
  publish_.run(sequence_, event.type, event.payload, event.at);
}

void AuditWriter::acknowledge(std::int64_t through) {
  acknowledge_.run(through);
}

AuditReader::AuditReader(const SQLite::Database& database)
    : entries_(database,
               "SELECT sequence, at, event_type, actor, subject, fields, previous, hash FROM audit "
               "WHERE sequence > ? ORDER BY sequence LIMIT ?"),
      outbox_(database, "SELECT sequence, type, payload, at FROM outbox ORDER BY sequence LIMIT ?") {}

std::vector<AuditEntry> AuditReader::entries(std::int64_t after, int limit) {
  std::vector<AuditEntry> entries;
  Query::Rows rows = entries_.rows(after, limit);
  while (rows.next()) {
    entries.push_back({rows.number(0),
                       {rows.time(1), rows.text(2), Identity(rows.text(3)), rows.text(4), rows.text(5)},
                       rows.digest(6),
                       rows.digest(7)});
  }
  return entries;
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
