// The right edge of the log's tree: what must be at hand to append. Tiles as C2SP tlog-tiles cuts them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "ca/store/records.h"

namespace chancery::store {

inline constexpr int log_tile_width = 256;
inline constexpr int log_tile_levels = 8;  // 256^8 entries are more than a sequence can count

// Not thread-safe.
class LogEdge {
 public:
  using HashNode = std::function<Digest(const Digest& left, const Digest& right)>;
  // A tile that has just become complete, and the root over it.
  using Complete = std::function<void(int level, std::int64_t number, const std::vector<Digest>& hashes,
                                      const Digest& root)>;
  // The `width` hashes of the last, partial tile of a level.
  using ReadTile = std::function<std::vector<Digest>(int level, std::int64_t number, int width)>;

  explicit LogEdge(HashNode node) : node_(std::move(node)), levels_(log_tile_levels) {}

  // As it is after `size` entries.
  void load(std::int64_t size, const ReadTile& read);
  void append(const Digest& leaf, const Complete& complete);
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] const std::vector<Digest>& partial_tile(int level) const {
    return levels_[static_cast<std::size_t>(level)];
  }

 private:
  [[nodiscard]] Digest root_of(const std::vector<Digest>& tile) const;

  HashNode node_;
  std::int64_t size_ = 0;
  std::vector<std::vector<Digest>> levels_;  // the partial tile of each
};

}  // namespace chancery::store
