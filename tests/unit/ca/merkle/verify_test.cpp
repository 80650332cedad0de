#include "ca/merkle/verify.h"

#include <gmock/gmock.h>

#include "tests/unit/ca/merkle/golden.h"

namespace chancery::merkle {
namespace {

using test::leaves;
using test::nodes_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t size = 66000;  // three levels, each with a partial tile

// A log in memory that can be spoilt anywhere.
class Log : public LogSource {
 public:
  Log() {
    for (std::int64_t i = 0; i < size; ++i) data.push_back(test::entry(i));
    levels.push_back(leaves(size));
    while (levels.back().size() >= tile_width) {
      std::vector<Hash> above;
      for (std::size_t i = 0; i + tile_width <= levels.back().size(); i += tile_width)
        above.push_back(root_of_complete(std::span(levels.back()).subspan(i, tile_width)));
      levels.push_back(std::move(above));
    }
  }
  Result<std::vector<std::string>> entries(const Tile& tile) override { return part(data, tile); }
  std::string judge(std::int64_t index, const std::string& text, const Hash&) override {
    return text == "bad" ? "is no entry " + std::to_string(index) : "";
  }
  Result<std::vector<Hash>> tile(const Tile& tile) override {
    return part(levels.at(static_cast<std::size_t>(tile.level)), tile);
  }

  std::vector<std::string> data;
  std::vector<std::vector<Hash>> levels;

 private:
  template <typename T>
  static std::vector<T> part(const std::vector<T>& all, const Tile& tile) {
    const auto first = std::min(all.size(), static_cast<std::size_t>(tile.number) * tile_width);
    const auto last = std::min(all.size(), first + static_cast<std::size_t>(tile.width));
    return {all.begin() + static_cast<std::ptrdiff_t>(first),
            all.begin() + static_cast<std::ptrdiff_t>(last)};
  }
};

const Log& whole() {
  static const Log log;
  return log;
}

KnownCheckpoint kept(std::int64_t count) {
  return {"kept-" + std::to_string(count), {"o", count, root(count, nodes_of(whole().levels[0])).value()}};
}

Verification check(Log& log, std::vector<KnownCheckpoint> checkpoints = {kept(600), kept(size)}) {
  Result<Verification> verified = verify_log(log, size, std::move(checkpoints), {});
  EXPECT_TRUE(verified.has_value());
  return std::move(*verified);
}

std::vector<std::string> places(const Verification& verification) {
  std::vector<std::string> list;
  for (const Fault& fault : verification.faults)
    list.push_back(std::string(to_string(fault.kind)) + " " + std::to_string(fault.index) + " " +
                   fault.where);
  return list;
}

TEST(VerifyLog, AWholeLogHasNoFaultsAndTellsItsProgress) {
  Log log = whole();
  std::int64_t told = 0;
  int calls = 0;
  const Result<Verification> verified = verify_log(log, size, {kept(0), kept(1), kept(256), kept(size)},
                                                   [&](std::int64_t done, std::int64_t all) {
                                                     EXPECT_GT(done, told);
                                                     EXPECT_EQ(all, size);
                                                     told = done;
                                                     ++calls;
                                                   });
  EXPECT_THAT(places(*verified), IsEmpty());
  EXPECT_EQ(verified->entries, size);
  EXPECT_EQ(verified->root, kept(size).checkpoint.root);
  EXPECT_EQ(told, size);
  EXPECT_EQ(calls, 258);
}

TEST(VerifyLog, AnEmptyLogIsWhole) {
  Log log = whole();
  const Result<Verification> verified = verify_log(log, 0, {kept(0)}, {});
  EXPECT_THAT(verified->faults, IsEmpty());
  EXPECT_EQ(verified->root, empty_root());
}

TEST(VerifyLog, AnAlteredEntryIsNamedAndNothingElse) {
  Log log = whole();
  log.data[1000] += "!";
  const Verification verified = check(log);
  EXPECT_THAT(places(verified), ElementsAre("entry 1000 tile/0/003 hash 232"));
  EXPECT_THAT(verified.faults[0].message, HasSubstr("entry 1000 was altered"));
}

TEST(VerifyLog, AnAlteredEntryOfThePartialTileIsNamed) {
  Log log = whole();
  log.data[size - 1] += "!";
  EXPECT_THAT(places(check(log)), ElementsAre("entry 65999 tile/0/257 hash 207"));
}

TEST(VerifyLog, AFlippedBitOfAStoredLeafHashIsNamed) {
  Log log = whole();
  log.levels[0][513][7] ^= 4U;
  const Verification verified = check(log);
  EXPECT_THAT(places(verified), ElementsAre("tile 513 tile/0/002 hash 1"));
  EXPECT_THAT(verified.faults[0].message, HasSubstr("the stored hash of entry 513 was altered"));
}

TEST(VerifyLog, AFlippedBitOfAHigherTileIsNamed) {
  Log log = whole();
  log.levels[1][3][0] ^= 1U;    // of a complete tile
  log.levels[1][256][0] ^= 1U;  // of a partial one
  log.levels[2][0][31] ^= 1U;
  const Verification verified = check(log);
  EXPECT_THAT(places(verified), ElementsAre("tile 768 tile/1/000 hash 3", "tile 65536 tile/1/001 hash 0",
                                            "tile 0 tile/2/000 hash 0"));
  EXPECT_THAT(verified.faults[0].message, HasSubstr("tile/0/003"));
}

TEST(VerifyLog, AMissingTileIsNamed) {
  Log log = whole();
  log.levels[2].clear();
  EXPECT_THAT(places(check(log)), ElementsAre("tile 0 tile/2/000 hash 0"));
}

// Its last tiles go on behind the end of the log.
class LongerLog final : public Log {
 public:
  using Log::Log;
  explicit LongerLog(const Log& log) : Log(log) {}
  Result<std::vector<Hash>> tile(const Tile& tile) override {
    Result<std::vector<Hash>> hashes = Log::tile(tile);
    if (tile.width < tile_width) hashes->push_back(Hash{});
    return hashes;
  }
};

TEST(VerifyLog, HashesBehindTheEndOfTheLogAreNamed) {
  LongerLog log(whole());
  EXPECT_THAT(places(check(log)),
              ElementsAre("tile 66000 tile/0/257 hash 208", "tile 65792 tile/1/001 hash 1",
                          "tile 65536 tile/2/000 hash 1"));
}

TEST(VerifyLog, AnEntryThatIsNoneIsNamed) {
  Log log = whole();
  log.data[2] = "bad";
  log.levels[0][2] = hash_leaf(as_bytes("bad"));
  const Verification verified = check(log, {});
  EXPECT_THAT(places(verified), ElementsAre("entry 2 tile/0/000 hash 2", "tile 0 tile/1/000 hash 0",
                                            "tile 0 tile/2/000 hash 0"));
}

TEST(VerifyLog, MissingEntriesEndTheWalk) {
  Log log = whole();
  log.data.resize(700);
  const Verification verified = check(log, {kept(600), kept(size)});
  EXPECT_THAT(places(verified), ElementsAre("entry 700 tile/0/002 hash 188"));
  EXPECT_EQ(verified.entries, 512);
}

TEST(VerifyLog, AnotherHistoryIsAFork) {
  Log log = whole();
  KnownCheckpoint other = kept(300);
  other.checkpoint.root[0] ^= 1U;
  const Verification verified = check(log, {kept(size), other, kept(299)});
  EXPECT_THAT(places(verified), ElementsAre("fork 300 kept-300"));
  EXPECT_THAT(verified.faults[0].message, HasSubstr("another history"));
}

TEST(VerifyLog, FewerEntriesThanACheckpointCountsAreARollback) {
  Log log = whole();
  const Result<Verification> verified = verify_log(log, 600, {kept(600), kept(601), kept(size)}, {});
  EXPECT_THAT(places(*verified), ElementsAre("rollback 601 kept-601", "rollback 66000 kept-66000"));
}

TEST(VerifyLog, FaultsHaveALimit) {
  Log log = whole();
  for (std::size_t i = 0; i < 2 * fault_limit; ++i) log.data[i] += "!";
  EXPECT_EQ(check(log).faults.size(), fault_limit);
}

}  // namespace
}  // namespace chancery::merkle
