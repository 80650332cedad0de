#include "ca/merkle/tiles.h"

#include <algorithm>
#include <charconv>

namespace chancery::merkle {
namespace {

constexpr int tile_height = 8;  // 2^8 hashes
constexpr std::size_t digits = 3;
constexpr std::int64_t group = 1000;

std::string three_digits(std::int64_t value) {
  std::string text = std::to_string(value);
  return std::string(digits - text.size(), '0') + text;
}

std::string number_path(const Tile& tile) {
  std::string text = three_digits(tile.number % group);
  for (std::int64_t rest = tile.number / group; rest > 0; rest /= group) {
    text.insert(0, "x" + three_digits(rest % group) + "/");
  }
  return tile.width == tile_width ? text : text + ".p/" + std::to_string(tile.width);
}

std::optional<std::int64_t> parse_digits(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace

std::int64_t hashes_at(int level, std::int64_t size) {
  return level >= tile_levels ? 0 : size >> (tile_height * level);
}

int width_of(int level, std::int64_t number, std::int64_t size) {
  if (number < 0 || number > hashes_at(level, size) / tile_width) return 0;
  return static_cast<int>(std::min<std::int64_t>(hashes_at(level, size) - number * tile_width, tile_width));
}

std::string tile_path(const Tile& tile) {
  return "tile/" + std::to_string(tile.level) + "/" + number_path(tile);
}

std::string bundle_path(const Tile& tile) {
  return "tile/entries/" + number_path(tile);
}

std::optional<Tile> parse_tile_number(std::string_view text) {
  Tile tile;
  const std::size_t partial = text.find(".p/");
  if (partial != std::string_view::npos) {
    const auto width = parse_digits(text.substr(partial + 3));
    if (!width || *width < 1 || *width >= tile_width) return std::nullopt;
    tile.width = static_cast<int>(*width);
  }
  std::string_view rest = text.substr(0, partial);
  constexpr int most_groups = 5;  // 10^15 tiles
  for (int groups = 1; groups <= most_groups; ++groups) {
    const bool more = rest.starts_with('x');
    if (more) rest.remove_prefix(1);
    const auto value = rest.size() < digits ? std::nullopt : parse_digits(rest.substr(0, digits));
    if (!value) return std::nullopt;
    tile.number = tile.number * group + *value;
    rest.remove_prefix(digits);
    if (!more) break;
    if (!rest.starts_with('/')) return std::nullopt;
    rest.remove_prefix(1);
  }
  // What is left over, a leading x000 and a width with leading zeroes are not what we write.
  if (!rest.empty() || number_path(tile) != text) return std::nullopt;
  return tile;
}

Bytes write_bundle(const std::vector<std::string>& entries) {
  Bytes bundle;
  for (const std::string& entry : entries) {
    bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
    bundle.push_back(static_cast<std::uint8_t>(entry.size()));
    const ByteView bytes = as_bytes(entry);
    bundle.insert(bundle.end(), bytes.begin(), bytes.end());
  }
  return bundle;
}

Result<std::vector<std::string>> read_bundle(ByteView bundle, int count) {
  std::vector<std::string> entries;
  for (int i = 0; i < count; ++i) {
    const std::size_t size = bundle.size() < 2 ? 0 : (std::size_t{bundle[0]} << 8) + bundle[1];
    if (bundle.size() < 2 || bundle.size() - 2 < size) {
      return make_error(ErrorCode::validation, "the entry bundle ends within its entry " + std::to_string(i));
    }
    entries.emplace_back(as_text(bundle.subspan(2, size)));
    bundle = bundle.subspan(2 + size);
  }
  if (!bundle.empty()) {
    return make_error(ErrorCode::validation,
                      "the entry bundle holds more than its " + std::to_string(count) + " entries");
  }
  return entries;
}

Result<std::vector<Hash>> read_tile(ByteView tile) {
  std::vector<Hash> hashes(tile.size() / sizeof(Hash));
  if (tile.size() % sizeof(Hash) != 0) {
    return make_error(ErrorCode::validation,
                      "the tile ends within its hash " + std::to_string(hashes.size()));
  }
  for (Hash& hash : hashes) {
    std::copy_n(tile.begin(), hash.size(), hash.begin());
    tile = tile.subspan(hash.size());
  }
  return hashes;
}

ReadNode nodes_from_tiles(ReadTile read) {
  return [read = std::move(read)](int height, std::int64_t index) -> Result<Hash> {
    const int level = height / tile_height;
    const int above = height % tile_height;
    const std::int64_t first = index << above;  // hash of the level where the node's leaves begin
    const auto offset = static_cast<int>(first % tile_width);
    const int count = 1 << above;
    const Tile tile{level, first / tile_width, offset + count};
    Result<std::vector<Hash>> hashes = read(tile);
    if (!hashes) return hashes.error();
    return root_of_complete(std::span(*hashes).subspan(static_cast<std::size_t>(offset)));
  };
}

}  // namespace chancery::merkle
