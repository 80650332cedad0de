// The audit chain and the outbox, in SQL.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "ca/store/sqlite/query.h"
#include "ca/store/store.h"

namespace chancery::store {

// Writes; on the writer's connection and inside its transaction only.
class AuditWriter {
 public:
  AuditWriter(const SQLite::Database& database, LinkAuditEntry link);

  // At the start of each transaction: another process may have appended since the last one.
  void load_head();
  void append(const AuditDraft& event);
  // With the entry appended last.
  void publish(const OutboxEvent& event);
  void acknowledge(std::int64_t through);

 private:
  LinkAuditEntry link_;
  std::int64_t sequence_ = 0;
  Digest head_{};
  Query last_, append_, publish_, acknowledge_;
};

class AuditReader {
 public:
  explicit AuditReader(const SQLite::Database& database);

  std::vector<AuditEntry> entries(std::int64_t after, int limit);
  std::vector<std::pair<std::int64_t, OutboxEvent>> outbox(int limit);

 private:
  Query entries_, outbox_;
};

}  // namespace chancery::store
