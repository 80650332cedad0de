// A growing tree whose recent nodes are in memory, so that proofs for what was appended last cost no reading.
#pragma once

#include <vector>

#include "ca/merkle/tree.h"

namespace chancery::merkle {

// Not thread-safe; copies are independent. At most 25 KB.
class RecentTree {
 public:
  RecentTree() = default;
  // As it was at `size` leaves, with its peaks as CompactTree takes them.
  RecentTree(std::int64_t size, const std::vector<Hash>& peaks);

  void append(const Hash& leaf);
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] Hash root() const;
  // The node when it is remembered: always when it is a peak or stands over one of the last 256 leaves
  // that were appended here. nullptr otherwise. Valid until the next append.
  [[nodiscard]] const Hash* find(int height, std::int64_t index) const;

 private:
  struct Row {
    std::int64_t first = 0;  // index of nodes.front()
    std::vector<Hash> nodes;
  };
  void add(std::size_t height, std::int64_t index, const Hash& node);

  std::int64_t size_ = 0;
  std::vector<Row> rows_;  // by height
};

}  // namespace chancery::merkle
