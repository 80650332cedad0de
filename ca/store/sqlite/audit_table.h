// The audit log, its tiles and the outbox, in SQL.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "ca/store/log_edge.h"
#include "ca/store/sqlite/query.h"
#include "ca/store/store.h"

namespace chancery::store {

class TileWriter {
 public:
  explicit TileWriter(const SQLite::Database& database);
  void add(int level, std::int64_t number, const std::vector<Digest>& hashes, const Digest& root);

 private:
  Query add_;
};

// On one connection, reading or writing.
class TileReader {
 public:
  explicit TileReader(const SQLite::Database& database);

  // As Store::read_log_tile, its arguments checked.
  std::vector<Digest> read(int level, std::int64_t number, int width);

 private:
  Query complete_, leaves_, roots_;
};

// Writes; on the writer's connection and inside its transaction only.
class AuditWriter {
 public:
  AuditWriter(const SQLite::Database& database, LogHashing hashing);

  // At the start of each transaction: another process may have appended since the last one, or the last one
  // was rolled back.
  void load_edge();
  void forget_edge() { known_ = false; }  // after a rollback

  // Of the entry that would be appended next.
  [[nodiscard]] Result<Digest> hash(const AuditDraft& event) const;
  void append(const AuditDraft& event, const Digest& leaf);
  // Sequence of the entry that is appended next.
  [[nodiscard]] std::int64_t next() const { return edge_.size() + 1; }
  // With the entry appended last.
  void publish(const OutboxEvent& event);
  void acknowledge(std::int64_t through);

 private:
  LogHashing hashing_;
  LogEdge edge_;
  bool known_ = false;  // whether edge_ is what is committed
  TileReader tiles_;
  TileWriter complete_;
  Query last_, append_, publish_, acknowledge_;
};

class AuditReader {
 public:
  explicit AuditReader(const SQLite::Database& database);

  std::vector<AuditEntry> entries(std::int64_t after, int limit);
  std::int64_t size();
  std::optional<AuditEntry> find_entry(const std::string& serial);
  std::vector<std::pair<std::int64_t, OutboxEvent>> outbox(int limit);

  TileReader tiles;

 private:
  Query entries_, size_, find_entry_, outbox_;
};

}  // namespace chancery::store
