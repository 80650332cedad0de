#include "ca/merkle/recent_tree.h"

#include <algorithm>

namespace chancery::merkle {
namespace {

// Nodes kept of a height: those over the last 256 leaves, and the two that the next ones may stand beside.
std::size_t kept(std::size_t height) {
  return (height < 9 ? std::size_t{256} >> height : 0) + 2;
}

}  // namespace

RecentTree::RecentTree(std::int64_t size, const std::vector<Hash>& peaks) : size_(size) {
  auto peak = peaks.begin();
  for (int height = 62; height >= 0; --height) {
    if (((size >> height) & 1) == 0) continue;
    add(static_cast<std::size_t>(height), (size >> height) - 1, *peak++);
  }
}

void RecentTree::append(const Hash& leaf) {
  Hash node = leaf;
  std::int64_t index = size_;
  std::size_t height = 0;
  add(height, index, node);
  while ((index & 1) != 0) {
    node = hash_node(*find(static_cast<int>(height), index - 1), node);
    index >>= 1;
    add(++height, index, node);
  }
  ++size_;
}

void RecentTree::add(std::size_t height, std::int64_t index, const Hash& node) {
  if (rows_.size() <= height) rows_.resize(height + 1);
  Row& row = rows_[height];
  if (row.nodes.empty()) row.first = index;
  row.nodes.push_back(node);
  if (row.nodes.size() <= kept(height) + kept(height) / 4) return;  // erased a few at a time
  const std::size_t surplus = row.nodes.size() - kept(height);
  row.nodes.erase(row.nodes.begin(), row.nodes.begin() + static_cast<std::ptrdiff_t>(surplus));
  row.first += static_cast<std::int64_t>(surplus);
}

Hash RecentTree::root() const {
  const Result<Hash> found = merkle::root(size_, [this](int height, std::int64_t index) -> Result<Hash> {
    return *find(height, index);  // only peaks are asked for
  });
  return *found;
}

const Hash* RecentTree::find(int height, std::int64_t index) const {
  if (static_cast<std::size_t>(height) >= rows_.size()) return nullptr;
  const Row& row = rows_[static_cast<std::size_t>(height)];
  const std::int64_t offset = index - row.first;
  if (offset < 0 || offset >= static_cast<std::int64_t>(row.nodes.size())) return nullptr;
  return &row.nodes[static_cast<std::size_t>(offset)];
}

}  // namespace chancery::merkle
