#include "ca/merkle/tiles.h"

#include <gmock/gmock.h>

#include "tests/unit/ca/merkle/golden.h"

namespace chancery::merkle {
namespace {

using test::golden;
using test::leaves;
using test::nodes_of;

TEST(TilePath, IsThatOfTheSpecification) {
  for (const auto& row : golden().at("tiles")) {
    const Tile tile{row.at("level"), row.at("number"), row.at("width")};
    const std::string path = row.at("path");
    EXPECT_EQ(tile_path(tile), path);
    const std::string number = path.substr(path.find('/', 5) + 1);
    EXPECT_EQ(bundle_path(tile), "tile/entries/" + number);
    const std::optional<Tile> parsed = parse_tile_number(number);
    ASSERT_TRUE(parsed.has_value()) << number;
    EXPECT_EQ(*parsed, (Tile{0, tile.number, tile.width}));
  }
}

TEST(TilePath, RefusesWhatItWouldNotWrite) {
  for (const char* text : {"",
                           "0",
                           "00",
                           "0000",
                           "x000/001",
                           "x001",
                           "x001/",
                           "x001/23",
                           "001/x002",
                           "00a",
                           "-01",
                           "+01",
                           "001.p",
                           "001.p/",
                           "001.p/0",
                           "001.p/256",
                           "001.p/01",
                           "001.p/-1",
                           "001.p/1/",
                           "001/",
                           "/001",
                           "x001/x000/x000/x000/x000/000",
                           "001.p/1.p/1",
                           " 001"}) {
    EXPECT_FALSE(parse_tile_number(text)) << text;
  }
  EXPECT_EQ(parse_tile_number("x999/x999/x999/x999/999")->number, 999'999'999'999'999);
  EXPECT_EQ(parse_tile_number("001.p/255")->width, 255);
}

TEST(TileWidth, FollowsTheSizeOfTheLog) {  // the specification's own example: 70,000 entries
  EXPECT_EQ(width_of(0, 272, 70000), 256);
  EXPECT_EQ(width_of(0, 273, 70000), 112);
  EXPECT_EQ(width_of(0, 274, 70000), 0);
  EXPECT_EQ(width_of(1, 0, 70000), 256);
  EXPECT_EQ(width_of(1, 1, 70000), 17);
  EXPECT_EQ(width_of(2, 0, 70000), 1);
  EXPECT_EQ(width_of(3, 0, 70000), 0);
  EXPECT_EQ(width_of(1, 0, 256), 1);
  EXPECT_EQ(width_of(0, 1, 256), 0);
  EXPECT_EQ(width_of(0, -1, 256), 0);
  EXPECT_EQ(width_of(63, 0, 256), 0);
}

TEST(Bundle, IsReadAsItWasWritten) {
  const std::vector<std::string> entries{"", "a", std::string(entry_limit, 'z'), std::string("\0\xff", 2)};
  const Bytes bundle = write_bundle(entries);
  EXPECT_EQ(bundle.size(), 8 + 1 + entry_limit + 2);
  EXPECT_EQ(bundle[2], 0);  // 00 00 | 00 01 'a'
  EXPECT_EQ(bundle[3], 1);
  EXPECT_EQ(bundle[4], 'a');
  EXPECT_EQ(read_bundle(bundle, 4).value(), entries);
  EXPECT_FALSE(read_bundle(bundle, 3));
  EXPECT_FALSE(read_bundle(bundle, 5));
  for (std::size_t cut = 1; cut < 5; ++cut)
    EXPECT_FALSE(read_bundle(ByteView(bundle).first(bundle.size() - cut), 4));
}

TEST(TileOctets, AreWholeHashes) {
  Bytes octets(2 * sizeof(Hash), 7);
  octets.back() = 8;
  EXPECT_EQ(read_tile(octets)->size(), 2U);
  EXPECT_EQ(read_tile(octets)->back().back(), 8);
  EXPECT_EQ(read_tile({})->size(), 0U);
  octets.push_back(9);
  EXPECT_FALSE(read_tile(octets));
  EXPECT_FALSE(read_tile(ByteView(octets).first(sizeof(Hash) - 1)));
}

TEST(NodesFromTiles, AreThoseOfTheTree) {
  const std::int64_t size = 70000;
  const std::vector<Hash> list = leaves(size);
  std::vector<std::vector<Hash>> levels{list};
  while (levels.back().size() >= tile_width) {
    std::vector<Hash> above;
    for (std::size_t i = 0; i + tile_width <= levels.back().size(); i += tile_width) {
      above.push_back(root_of_complete(std::span(levels.back()).subspan(i, tile_width)));
    }
    levels.push_back(above);
  }
  int reads = 0;
  const ReadNode nodes = nodes_from_tiles([&](const Tile& tile) -> Result<std::vector<Hash>> {
    ++reads;
    const auto& level = levels.at(static_cast<std::size_t>(tile.level));
    const auto first = level.begin() + tile.number * tile_width;
    if (tile.width > width_of(tile.level, tile.number, size))
      return make_error(ErrorCode::not_found, "too wide");
    return std::vector<Hash>(first, first + tile.width);
  });
  const Hash head = root(size, nodes).value();
  EXPECT_EQ(head, root(size, nodes_of(list)).value());
  for (const std::int64_t index :
       {std::int64_t{0}, std::int64_t{255}, std::int64_t{256}, std::int64_t{65535}, size - 1}) {
    reads = 0;
    const auto path = inclusion_path(index, size, nodes).value();
    EXPECT_TRUE(verify_inclusion(index, size, list[static_cast<std::size_t>(index)], path, head)) << index;
    EXPECT_LE(reads, 2 * 17);  // a few for each of the seventeen heights
  }
  const auto path = consistency_path(600, size, nodes).value();
  EXPECT_TRUE(verify_consistency(600, size, root(600, nodes).value(), head, path));
}

}  // namespace
}  // namespace chancery::merkle
