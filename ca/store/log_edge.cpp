#include "ca/store/log_edge.h"

namespace chancery::store {
namespace {

constexpr int tile_bits = 8;

}  // namespace

void LogEdge::load(std::int64_t size, const ReadTile& read) {
  size_ = size;
  for (int level = 0; level < log_tile_levels; ++level) {
    const std::int64_t hashes = size >> (tile_bits * level);
    const auto width = static_cast<int>(hashes % log_tile_width);
    levels_[static_cast<std::size_t>(level)] =
        width == 0 ? std::vector<Digest>() : read(level, hashes / log_tile_width, width);
  }
}

void LogEdge::append(const Digest& leaf, const Complete& complete) {
  Digest hash = leaf;
  std::int64_t number = size_++;
  for (int level = 0; level < log_tile_levels; ++level) {
    std::vector<Digest>& tile = levels_[static_cast<std::size_t>(level)];
    tile.push_back(hash);
    if (tile.size() < static_cast<std::size_t>(log_tile_width)) return;
    hash = root_of(tile);
    number /= log_tile_width;
    complete(level, number, tile, hash);
    tile.clear();
  }
}

Digest LogEdge::root_of(const std::vector<Digest>& tile) const {
  std::vector<Digest> row = tile;
  while (row.size() > 1) {
    for (std::size_t i = 0; i < row.size() / 2; ++i) row[i] = node_(row[2 * i], row[2 * i + 1]);
    row.resize(row.size() / 2);
  }
  return row.front();
}

}  // namespace chancery::store
