// The tree cut into tiles of 256 hashes, as C2SP tlog-tiles lays them out (https://c2sp.org/tlog-tiles).
//
// Tile (level, number) holds the hashes number*256 .. number*256+255 of that level: at level 0 those of the
// leaves, above it those of complete tiles of the level below. Only the last tile of a level may be narrower.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/merkle/tree.h"

namespace chancery::merkle {

inline constexpr int tile_width = 256;
inline constexpr int tile_levels = 8;              // 256^8 leaves are more than an index can count
inline constexpr std::size_t entry_limit = 65535;  // bytes of leaf data: an entry bundle's length prefix

struct Tile {
  int level = 0;
  std::int64_t number = 0;
  int width = tile_width;  // 1..256
  friend bool operator==(const Tile&, const Tile&) = default;
};

// Hashes of `level` that a tree of `size` leaves has.
std::int64_t hashes_at(int level, std::int64_t size);
// How many of them stand in tile `number`: 0..256.
int width_of(int level, std::int64_t number, std::int64_t size);

// "tile/0/x001/x234/067" or "tile/1/000.p/17".
std::string tile_path(const Tile& tile);
// "tile/entries/x001/x234/067" or "tile/entries/000.p/17"; the tile's level does not matter.
std::string bundle_path(const Tile& tile);
// "x001/x234/067.p/17", as it stands in both, to number and width (the level is 0). nullopt for anything that
// tile_path would not write.
std::optional<Tile> parse_tile_number(std::string_view text);

// Entries, each behind its length in two bytes. Precondition: each is at most entry_limit long.
Bytes write_bundle(const std::vector<std::string>& entries);
// Exactly `count` entries and nothing behind them. Errors: validation.
Result<std::vector<std::string>> read_bundle(ByteView bundle, int count);

// The octets of a tile: hashes, one after another. Errors: validation (the last one is cut off).
Result<std::vector<Hash>> read_tile(ByteView tile);

// Errors are passed through; exactly `tile.width` hashes otherwise.
using ReadTile = std::function<Result<std::vector<Hash>>(const Tile& tile)>;

// Nodes by way of tiles. Each costs one tile at most, of no more hashes than are needed.
ReadNode nodes_from_tiles(ReadTile read);

}  // namespace chancery::merkle
