#include "ca/store/sqlite/log_conversion.h"

#include "ca/store/sqlite/audit_table.h"

namespace chancery::store {
namespace {

constexpr int page = 1000;  // entries at a time

struct OldEntry {
  std::int64_t sequence = 0;
  AuditDraft event;
  Digest previous{}, hash{};
};

class Chain {
 public:
  explicit Chain(const SQLite::Database& database)
      : read_(database,
              "SELECT sequence, at, event_type, actor, subject, fields, previous, hash FROM audit "
              "WHERE sequence > ? ORDER BY sequence LIMIT ?") {}

  std::vector<OldEntry> after(std::int64_t sequence) {
    std::vector<OldEntry> entries;
    Query::Rows rows = read_.rows(sequence, page);
    while (rows.next()) {
      entries.push_back({rows.number(0),
                         {rows.time(1), rows.text(2), Identity(rows.text(3)), rows.text(4), rows.text(5)},
                         rows.digest(6),
                         rows.digest(7)});
    }
    return entries;
  }

 private:
  Query read_;
};

Error broken(std::int64_t sequence) {
  return make_error(
      ErrorCode::validation,
      "audit entry " + std::to_string(sequence) +
          " does not hold in the chain of this older database, so it is not converted; keep the "
          "database for analysis, run the older program's audit-verify on a copy and compare with "
          "the last backup");
}

class Conversion {
 public:
  Conversion(SQLite::Database& database, const LogHashing& hashing)
      : hashing_(hashing),
        chain_(database),
        update_(database, "UPDATE audit SET hash = ? WHERE sequence = ?"),
        tiles_(database),
        edge_(hashing.node) {}

  Result<void> run(std::int64_t total, const ConversionProgress& progress) {
    for (auto entries = chain_.after(0); !entries.empty(); entries = chain_.after(edge_.size())) {
      for (const OldEntry& entry : entries) {
        if (Result<void> ok = take(entry); !ok) return ok;
      }
      if (progress) progress(edge_.size(), total);
    }
    return {};
  }

  [[nodiscard]] std::int64_t size() const { return edge_.size(); }
  [[nodiscard]] const Digest& head() const { return head_; }
  [[nodiscard]] TimePoint at() const { return at_; }

 private:
  Result<void> take(const OldEntry& entry) {
    const std::int64_t expected = edge_.size() + 1;
    if (entry.sequence != expected || entry.previous != head_ ||
        entry.hash != hashing_.old_link(entry.sequence, entry.previous, entry.event)) {
      return broken(expected);
    }
    const Result<Digest> leaf = hashing_.leaf(entry.sequence, entry.event);
    if (!leaf) return leaf.error();
    update_.run(*leaf, entry.sequence);
    edge_.append(*leaf, [this](int level, std::int64_t number, const auto& hashes, const Digest& root) {
      tiles_.add(level, number, hashes, root);
    });
    head_ = entry.hash;
    at_ = entry.event.at;
    return {};
  }

  const LogHashing& hashing_;
  Chain chain_;
  Query update_;
  TileWriter tiles_;
  LogEdge edge_;
  Digest head_{};
  TimePoint at_;
};

}  // namespace

Result<void> convert_log(SQLite::Database& database, const LogHashing& hashing,
                         const ConversionProgress& progress) {
  const std::int64_t total = database.execAndGet("SELECT count(*) FROM audit").getInt64();
  AuditDraft record;
  {
    Conversion conversion(database, hashing);
    if (Result<void> ok = conversion.run(total, progress); !ok) return ok;
    record = hashing.converted(conversion.size(), conversion.head(), conversion.at());
  }
  database.exec("ALTER TABLE audit DROP COLUMN previous");
  if (total == 0) return {};
  AuditWriter writer(database, hashing);
  writer.load_edge();
  const Result<Digest> leaf = writer.hash(record);
  if (!leaf) return leaf.error();
  writer.append(record, *leaf);
  return {};
}

}  // namespace chancery::store
