#include "ca/merkle/tree.h"

#include <gmock/gmock.h>

#include "ca/merkle/recent_tree.h"
#include "tests/unit/ca/merkle/golden.h"

namespace chancery::merkle {
namespace {

using test::golden;
using test::hash_from;
using test::hashes_from;
using test::leaves;
using test::nodes_of;
using testing::HasSubstr;

constexpr std::int64_t largest = 1000;

Hash root_of(const std::vector<Hash>& list, std::int64_t size) {
  return root(size, nodes_of(list)).value();
}

TEST(Tree, HasTheRootsOfAnotherImplementation) {
  const std::vector<Hash> list = leaves(largest);
  CompactTree compact;
  RecentTree recent;
  for (const auto& row : golden().at("roots")) {
    while (compact.size() < row.at("size").get<std::int64_t>()) {
      const Hash& leaf = list[static_cast<std::size_t>(compact.size())];
      compact.append(leaf);
      recent.append(leaf);
    }
    const Hash expected = hash_from(row.at("root"));
    EXPECT_EQ(root_of(list, row.at("size")), expected) << row.at("size");
    EXPECT_EQ(compact.root(), expected) << row.at("size");
    EXPECT_EQ(recent.root(), expected) << row.at("size");
  }
}

TEST(Tree, MakesAndAcceptsTheInclusionProofsOfAnotherImplementation) {
  const std::vector<Hash> list = leaves(largest);
  for (const auto& row : golden().at("inclusions")) {
    const std::int64_t index = row.at("index");
    const std::int64_t size = row.at("size");
    const std::vector<Hash> path = hashes_from(row.at("path"));
    EXPECT_EQ(inclusion_path(index, size, nodes_of(list)).value(), path) << index << " in " << size;
    EXPECT_TRUE(
        verify_inclusion(index, size, list[static_cast<std::size_t>(index)], path, root_of(list, size)));
  }
}

TEST(Tree, MakesAndAcceptsTheConsistencyProofsOfAnotherImplementation) {
  const std::vector<Hash> list = leaves(largest);
  for (const auto& row : golden().at("consistencies")) {
    const std::int64_t older = row.at("older");
    const std::int64_t newer = row.at("newer");
    const std::vector<Hash> path = hashes_from(row.at("path"));
    EXPECT_EQ(consistency_path(older, newer, nodes_of(list)).value(), path) << older << " to " << newer;
    EXPECT_TRUE(verify_consistency(older, newer, root_of(list, older), root_of(list, newer), path));
  }
}

TEST(Tree, EveryProofOfEverySmallTreeHolds) {
  constexpr std::int64_t most = 40;
  const std::vector<Hash> list = leaves(most);
  for (std::int64_t size = 1; size <= most; ++size) {
    const Hash head = root_of(list, size);
    for (std::int64_t i = 0; i < size; ++i) {
      const auto path = inclusion_path(i, size, nodes_of(list)).value();
      EXPECT_TRUE(verify_inclusion(i, size, list[static_cast<std::size_t>(i)], path, head))
          << i << "/" << size;
      const auto older = consistency_path(i + 1, size, nodes_of(list)).value();
      EXPECT_TRUE(verify_consistency(i + 1, size, root_of(list, i + 1), head, older)) << i + 1 << "/" << size;
    }
  }
}

TEST(Tree, AProofHoldsForNothingElse) {
  const std::vector<Hash> list = leaves(600);
  const Hash head = root_of(list, 600);
  const std::vector<Hash> path = inclusion_path(300, 600, nodes_of(list)).value();
  const Hash& leaf = list[300];
  ASSERT_TRUE(verify_inclusion(300, 600, leaf, path, head));
  EXPECT_FALSE(verify_inclusion(301, 600, leaf, path, head));
  EXPECT_FALSE(verify_inclusion(300, 600, list[301], path, head));
  EXPECT_FALSE(verify_inclusion(300, 600, leaf, path, root_of(list, 599)));
  EXPECT_FALSE(verify_inclusion(-1, 600, leaf, path, head));
  EXPECT_FALSE(verify_inclusion(600, 600, leaf, path, head));
  std::vector<Hash> other = path;
  other.pop_back();
  EXPECT_THAT(verify_inclusion(300, 600, leaf, other, head).error().message, HasSubstr("shorter"));
  other = path;
  other.push_back(leaf);
  EXPECT_THAT(verify_inclusion(300, 600, leaf, other, head).error().message, HasSubstr("longer"));
  for (std::size_t i = 0; i < path.size(); ++i) {
    other = path;
    other[i][0] ^= 1U;
    EXPECT_THAT(verify_inclusion(300, 600, leaf, other, head).error().message, HasSubstr("does not lead"))
        << i;
  }
}

TEST(Tree, AConsistencyProofHoldsForNothingElse) {
  const std::vector<Hash> list = leaves(600);
  const Hash newer = root_of(list, 600);
  const Hash older = root_of(list, 257);
  const std::vector<Hash> path = consistency_path(257, 600, nodes_of(list)).value();
  ASSERT_TRUE(verify_consistency(257, 600, older, newer, path));
  EXPECT_FALSE(verify_consistency(258, 600, older, newer, path));
  EXPECT_FALSE(verify_consistency(600, 257, newer, older, path));
  EXPECT_FALSE(verify_consistency(257, 600, newer, newer, path));
  EXPECT_FALSE(verify_consistency(257, 600, older, older, path));
  EXPECT_FALSE(verify_consistency(257, 600, older, newer, {}));
  EXPECT_FALSE(verify_consistency(600, 600, older, newer, {}));
  EXPECT_FALSE(verify_consistency(0, 600, older, newer, {}));
  EXPECT_TRUE(verify_consistency(0, 600, empty_root(), newer, {}));
  for (std::size_t i = 0; i < path.size(); ++i) {
    std::vector<Hash> other = path;
    other[i][31] ^= 0x80U;
    EXPECT_FALSE(verify_consistency(257, 600, older, newer, other)) << i;
  }
}

TEST(CompactTree, GoesOnFromItsPeaks) {
  const std::vector<Hash> list = leaves(600);
  for (const std::int64_t from : {0, 1, 255, 256, 300, 599}) {
    CompactTree tree(from, peaks(from, nodes_of(list)).value());
    for (std::int64_t i = from; i < 600; ++i) tree.append(list[static_cast<std::size_t>(i)]);
    EXPECT_EQ(tree.root(), root_of(list, 600)) << from;
  }
}

TEST(RecentTree, RemembersTheLast256LeavesAndEveryPeak) {
  constexpr std::int64_t size = 5000;
  const std::vector<Hash> list = leaves(size);
  RecentTree tree;
  for (const Hash& leaf : list) tree.append(leaf);
  const ReadNode remembered = [&](int height, std::int64_t index) -> Result<Hash> {
    const Hash* found = tree.find(height, index);
    if (found == nullptr) return make_error(ErrorCode::not_found, "forgotten");
    return *found;
  };
  EXPECT_EQ(tree.root(), root_of(list, size));
  for (std::int64_t index = size - 256; index < size; ++index) {
    const auto path = inclusion_path(index, size, remembered);
    ASSERT_TRUE(path.has_value()) << index;
    EXPECT_TRUE(verify_inclusion(index, size, list[static_cast<std::size_t>(index)], *path, tree.root()));
  }
  EXPECT_EQ(tree.find(0, 10), nullptr);
  EXPECT_EQ(tree.find(0, size), nullptr);
  EXPECT_EQ(tree.find(60, 0), nullptr);
}

TEST(RecentTree, GoesOnFromItsPeaks) {
  const std::vector<Hash> list = leaves(700);
  for (const std::int64_t from : {0, 1, 255, 256, 300, 699}) {
    RecentTree tree(from, peaks(from, nodes_of(list)).value());
    for (std::int64_t i = from; i < 700; ++i) tree.append(list[static_cast<std::size_t>(i)]);
    EXPECT_EQ(tree.root(), root_of(list, 700)) << from;
    EXPECT_EQ(tree.size(), 700);
  }
}

}  // namespace
}  // namespace chancery::merkle
