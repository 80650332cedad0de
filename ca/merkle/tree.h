// The Merkle tree of RFC 6962 2.1 (the same in RFC 9162 2.1): hashes, roots, and the two kinds of proof.
//
// Pure functions and values. An index counts leaves from 0; a node (height, index) is the root of the
// complete subtree over the leaves [index << height, (index + 1) << height).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/result.h"

namespace chancery::merkle {

using Hash = std::array<std::uint8_t, 32>;  // SHA-256

Hash hash_leaf(ByteView data);                        // SHA-256(0x00 || data)
Hash hash_node(const Hash& left, const Hash& right);  // SHA-256(0x01 || left || right)
Hash empty_root();                                    // SHA-256 of nothing
// Root of a complete subtree: `leaves` has 1, 2, 4, ... members. Precondition.
Hash root_of_complete(std::span<const Hash> leaves);

// A tree that remembers only the roots of its largest complete subtrees: each leaf costs two hashes.
class CompactTree {
 public:
  CompactTree() = default;
  // As it was at `size` leaves: `peaks` are the complete subtrees from the largest to the smallest, as many
  // as `size` has bits set. Precondition.
  CompactTree(std::int64_t size, std::vector<Hash> peaks) : size_(size), peaks_(std::move(peaks)) {}

  void append(const Hash& leaf);
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] Hash root() const;

 private:
  std::int64_t size_ = 0;
  std::vector<Hash> peaks_;
};

// Finds nodes of complete subtrees that lie within the tree in question. Errors are passed through.
using ReadNode = std::function<Result<Hash>(int height, std::int64_t index)>;

// The roots of the largest complete subtrees of the first `size` leaves, from the largest to the smallest.
Result<std::vector<Hash>> peaks(std::int64_t size, const ReadNode& read);
Result<Hash> root(std::int64_t size, const ReadNode& read);
// RFC 9162 2.1.3.1, from the leaf upwards. Precondition: 0 <= index < size.
Result<std::vector<Hash>> inclusion_path(std::int64_t index, std::int64_t size, const ReadNode& read);
// RFC 9162 2.1.4.1. Precondition: 0 < older <= newer. Empty when they are equal.
Result<std::vector<Hash>> consistency_path(std::int64_t older, std::int64_t newer, const ReadNode& read);

// RFC 9162 2.1.3.2. Errors: validation, saying what does not hold.
Result<void> verify_inclusion(std::int64_t index, std::int64_t size, const Hash& leaf,
                              std::span<const Hash> path, const Hash& root);
// RFC 9162 2.1.4.2; 0 is consistent with everything. Errors: validation.
Result<void> verify_consistency(std::int64_t older, std::int64_t newer, const Hash& older_root,
                                const Hash& newer_root, std::span<const Hash> path);

}  // namespace chancery::merkle
