#include "ca/merkle/verify.h"

#include <algorithm>

namespace chancery::merkle {
namespace {

std::string place(const Tile& tile, std::size_t offset) {
  return tile_path({tile.level, tile.number, tile_width}) + " hash " + std::to_string(offset);
}

class Walk {
 public:
  Walk(LogSource& source, std::int64_t size, std::vector<KnownCheckpoint> checkpoints)
      : source_(source), size_(size), checkpoints_(std::move(checkpoints)) {
    std::sort(checkpoints_.begin(), checkpoints_.end(),
              [](const auto& a, const auto& b) { return a.checkpoint.size < b.checkpoint.size; });
  }

  Result<Verification> run(const Progress& progress) {
    compare_checkpoints();  // one of an empty log
    for (std::int64_t number = 0; number * tile_width < size_; ++number) {
      const Tile tile{0, number, width_of(0, number, size_)};
      const Result<bool> whole = read_bundle_of(tile);
      if (!whole) return whole.error();
      if (progress) progress(tree_.size(), size_);
      if (!*whole) break;
    }
    if (tree_.size() == size_) {
      if (Result<void> ok = finish_levels(); !ok) return ok.error();
      report_rollbacks();
    }
    verification_.entries = tree_.size();
    verification_.root = tree_.root();
    return std::move(verification_);
  }

 private:
  // False when entries are missing: nothing behind them can be judged.
  Result<bool> read_bundle_of(const Tile& tile) {
    const Result<std::vector<std::string>> entries = source_.entries(tile);
    if (!entries) return entries.error();
    const Result<std::vector<Hash>> stored = source_.tile(tile);
    if (!stored) return stored.error();
    std::vector<Hash> computed = judge_entries(tile, *entries);
    if (entries->size() < static_cast<std::size_t>(tile.width)) {
      const auto index = tile.number * tile_width + static_cast<std::int64_t>(entries->size());
      report({FaultKind::entry, index, place(tile, entries->size()),
              "entry " + std::to_string(index) + " is missing"});
      return false;
    }
    if (Result<void> ok = compare_leaves(tile, *stored, computed); !ok) return ok.error();
    for (const Hash& hash : computed) {
      tree_.append(hash);
      compare_checkpoints();
    }
    if (Result<void> ok = push(1, computed); !ok) return ok.error();
    return true;
  }

  std::vector<Hash> judge_entries(const Tile& tile, const std::vector<std::string>& entries) {
    std::vector<Hash> hashes;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      hashes.push_back(hash_leaf(as_bytes(entries[i])));
      const auto index = tile.number * tile_width + static_cast<std::int64_t>(i);
      const std::string wrong = source_.judge(index, entries[i], hashes.back());
      if (!wrong.empty()) {
        report({FaultKind::entry, index, place(tile, i), "entry " + std::to_string(index) + " " + wrong});
      }
    }
    return hashes;
  }

  // Where a stored hash is not that of its entry, the tile above tells which of the two was altered; with the
  // one that fits, the walk goes on.
  Result<void> compare_leaves(const Tile& tile, const std::vector<Hash>& stored,
                              std::vector<Hash>& computed) {
    if (stored == computed) return {};
    bool entry_altered = tile.width < tile_width;
    if (!entry_altered && stored.size() == computed.size()) {
      const Result<std::vector<Hash>> above =
          source_.tile({1, tile.number / tile_width, static_cast<int>(tile.number % tile_width) + 1});
      if (!above) return above.error();
      entry_altered = !above->empty() && above->back() == root_of_complete(stored);
    }
    compare(tile, stored, computed, entry_altered);
    if (entry_altered && stored.size() == computed.size()) computed = stored;
    return {};
  }

  void compare(const Tile& tile, const std::vector<Hash>& stored, const std::vector<Hash>& computed,
               bool entry_altered) {
    if (stored.size() > computed.size()) {
      const std::int64_t behind = (tile.number * tile_width + static_cast<std::int64_t>(computed.size()))
                                  << (8 * tile.level);
      report({FaultKind::tile, behind, place(tile, computed.size()),
              "a hash stands there, behind the end of the log"});
    }
    for (std::size_t i = 0; i < computed.size(); ++i) {
      const std::int64_t index = (tile.number * tile_width + static_cast<std::int64_t>(i))
                                 << (8 * tile.level);
      if (i >= stored.size()) {
        report({FaultKind::tile, index, place(tile, i), "the hash is missing"});
        return;
      }
      if (stored[i] == computed[i]) continue;
      if (tile.level == 0) {
        const std::string entry = "entry " + std::to_string(index);
        report({entry_altered ? FaultKind::entry : FaultKind::tile, index, place(tile, i),
                entry_altered ? entry + " was altered: its content does not have its hash"
                              : "the stored hash of " + entry + " was altered"});
      } else {
        report({FaultKind::tile, index, place(tile, i),
                "the stored hash is not that of " +
                    tile_path({tile.level - 1, tile.number * tile_width + static_cast<std::int64_t>(i)})});
      }
    }
  }

  // A complete tile below `level` puts its root there.
  Result<void> push(std::size_t level, const std::vector<Hash>& below) {
    if (below.size() < static_cast<std::size_t>(tile_width)) return {};
    if (levels_.size() <= level) levels_.resize(level + 1);
    Level& here = levels_[level];
    here.hashes.push_back(root_of_complete(below));
    if (here.hashes.size() < static_cast<std::size_t>(tile_width)) return {};
    if (Result<void> ok = compare_level(level); !ok) return ok;
    const std::vector<Hash> complete = std::exchange(here.hashes, {});
    ++here.number;
    return push(level + 1, complete);
  }

  Result<void> compare_level(std::size_t level) {
    const Level& here = levels_[level];
    const Tile tile{static_cast<int>(level), here.number, static_cast<int>(here.hashes.size())};
    const Result<std::vector<Hash>> stored = source_.tile(tile);
    if (!stored) return stored.error();
    compare(tile, *stored, here.hashes, false);
    return {};
  }

  Result<void> finish_levels() {
    for (std::size_t level = 1; level < levels_.size(); ++level) {
      if (levels_[level].hashes.empty()) continue;
      if (Result<void> ok = compare_level(level); !ok) return ok;
    }
    return {};
  }

  void compare_checkpoints() {
    while (next_ < checkpoints_.size() && checkpoints_[next_].checkpoint.size <= tree_.size()) {
      const KnownCheckpoint& known = checkpoints_[next_++];
      if (known.checkpoint.root == tree_.root()) continue;
      const std::string entries = std::to_string(known.checkpoint.size) + " entries ";
      std::string what = "the checkpoint of " + entries + "is of another history: its root is ";
      what += to_base64(known.checkpoint.root) + ", that of the first " + entries + "here is ";
      what += to_base64(tree_.root());
      report({FaultKind::fork, known.checkpoint.size, known.name, std::move(what)});
    }
  }

  void report_rollbacks() {
    for (; next_ < checkpoints_.size(); ++next_) {
      const KnownCheckpoint& known = checkpoints_[next_];
      report({FaultKind::rollback, known.checkpoint.size, known.name,
              "the checkpoint counts " + std::to_string(known.checkpoint.size) +
                  " entries, but the log has " + std::to_string(size_) +
                  ": entries were cut off or an older copy was put in its place"});
    }
  }

  void report(Fault fault) {
    if (verification_.faults.size() < fault_limit) verification_.faults.push_back(std::move(fault));
  }

  struct Level {
    std::int64_t number = 0;
    std::vector<Hash> hashes;
  };
  LogSource& source_;
  std::int64_t size_;
  std::vector<KnownCheckpoint> checkpoints_;  // by size
  std::size_t next_ = 0;                      // of checkpoints_
  CompactTree tree_;
  std::vector<Level> levels_;  // 0 is unused: leaves are compared with their bundle
  Verification verification_;
};

}  // namespace

std::string_view to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::entry:
      return "entry";
    case FaultKind::tile:
      return "tile";
    case FaultKind::fork:
      return "fork";
    case FaultKind::rollback:
      return "rollback";
  }
  return "entry";
}

Result<Verification> verify_log(LogSource& source, std::int64_t size,
                                std::vector<KnownCheckpoint> checkpoints, const Progress& progress) {
  return Walk(source, size, std::move(checkpoints)).run(progress);
}

}  // namespace chancery::merkle
