#include "ca/audit/verify.h"

#include "ca/audit/entry.h"

namespace chancery::audit {
namespace {

class StoreSource final : public merkle::LogSource {
 public:
  explicit StoreSource(store::Store& store) : store_(store) {}

  Result<std::vector<std::string>> entries(const merkle::Tile& tile) override {
    first_ = tile.number * merkle::tile_width;
    Result<std::vector<store::AuditEntry>> rows = store_.read_audit(first_, tile.width);
    if (!rows) return rows.error();
    rows_ = std::move(*rows);
    std::vector<std::string> texts;
    for (const store::AuditEntry& row : rows_) {
      if (row.sequence != first_ + static_cast<std::int64_t>(texts.size()) + 1) break;  // a gap
      Result<std::string> text = entry_text(row.sequence, row.event);
      // What can no longer be written as an entry was altered; its hash will say so.
      texts.push_back(text ? std::move(*text) : std::string());
    }
    return texts;
  }

  std::string judge(std::int64_t index, const std::string& data, const merkle::Hash& hash) override {
    std::string wrong = judge_entry_text(data, index + 1);
    if (!wrong.empty()) return wrong;
    return rows_[static_cast<std::size_t>(index - first_)].hash == hash
               ? std::string()
               : "does not have the hash that is stored with it";
  }

  Result<std::vector<merkle::Hash>> tile(const merkle::Tile& tile) override {
    return store_.read_log_tile(tile.level, tile.number, tile.width);
  }

 private:
  store::Store& store_;
  std::int64_t first_ = 0;  // index of rows_.front()
  std::vector<store::AuditEntry> rows_;
};

}  // namespace

Result<merkle::Verification> verify_log(store::Store& store, std::vector<merkle::KnownCheckpoint> checkpoints,
                                        const merkle::Progress& progress) {
  const Result<std::int64_t> size = store.log_size();
  if (!size) return size.error();
  StoreSource source(store);
  return merkle::verify_log(source, *size, std::move(checkpoints), progress);
}

}  // namespace chancery::audit
