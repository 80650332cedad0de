// The log of tests/testdata/merkle, which another implementation has computed: its key, and the hashes of its
// entries. Entry n is the text "entry n".
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ca/merkle/note.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::fuzz {

inline const nlohmann::json& golden_log() {
  static const nlohmann::json document = nlohmann::json::parse(test::testdata("merkle/golden.json"));
  return document;
}

// Signs as that log.
inline const merkle::NoteSigner& golden_signer() {
  static const merkle::NoteSigner signer = test::must(merkle::NoteSigner::create(
      golden_log()["origin"],
      test::must(crypto::PrivateKey::from_pkcs8(*parse_base64(golden_log()["pkcs8"].get<std::string>())))));
  return signer;
}

inline std::string golden_entry(std::int64_t number) {
  return "entry " + std::to_string(number);
}

inline std::vector<merkle::Hash> golden_leaves(std::int64_t count) {
  std::vector<merkle::Hash> leaves;
  for (std::int64_t i = 0; i < count; ++i) leaves.push_back(merkle::hash_leaf(as_bytes(golden_entry(i))));
  return leaves;
}

// Complete subtrees straight from the leaves, which outlive this.
inline merkle::ReadNode nodes_of(const std::vector<merkle::Hash>& leaves) {
  return [&leaves](int height, std::int64_t index) -> Result<merkle::Hash> {
    const std::size_t count = std::size_t{1} << static_cast<unsigned>(height);
    return merkle::root_of_complete(
        std::span(leaves).subspan(static_cast<std::size_t>(index) * count, count));
  };
}

}  // namespace chancery::fuzz
