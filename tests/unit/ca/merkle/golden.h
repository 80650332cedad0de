// tests/testdata/merkle/golden.json: what another implementation computed.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ca/merkle/tree.h"

namespace chancery::merkle::test {

inline const nlohmann::json& golden() {
  static const nlohmann::json document = [] {
    std::ifstream file(CHANCERY_SOURCE_DIR "/tests/testdata/merkle/golden.json");
    return nlohmann::json::parse(file);
  }();
  return document;
}

inline Hash hash_from(const std::string& base64) {
  const Bytes bytes = parse_base64(base64).value();
  Hash hash{};
  EXPECT_EQ(bytes.size(), hash.size());
  std::copy_n(bytes.begin(), hash.size(), hash.begin());
  return hash;
}

inline std::vector<Hash> hashes_from(const nlohmann::json& list) {
  std::vector<Hash> hashes;
  for (const nlohmann::json& text : list) hashes.push_back(hash_from(text));
  return hashes;
}

inline std::string entry(std::int64_t number) {
  return "entry " + std::to_string(number);
}

inline std::vector<Hash> leaves(std::int64_t count) {
  std::vector<Hash> list;
  for (std::int64_t i = 0; i < count; ++i) list.push_back(hash_leaf(as_bytes(entry(i))));
  return list;
}

// Complete subtrees straight from a list of leaves.
inline ReadNode nodes_of(const std::vector<Hash>& list) {
  return [&list](int height, std::int64_t index) -> Result<Hash> {
    const std::size_t count = std::size_t{1} << height;
    const std::size_t first = static_cast<std::size_t>(index) * count;
    if (first + count > list.size()) return make_error(ErrorCode::internal, "asked for beyond the tree");
    return root_of_complete(std::span(list).subspan(first, count));
  };
}

}  // namespace chancery::merkle::test
