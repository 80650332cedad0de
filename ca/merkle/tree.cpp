#include "ca/merkle/tree.h"

#include <algorithm>
#include <bit>

#include "ca/crypto/digest.h"

namespace chancery::merkle {
namespace {

constexpr std::uint8_t leaf_prefix = 0;
constexpr std::uint8_t node_prefix = 1;

// Root of the leaves [first, last), where first is a multiple of the smallest power of two >= last - first.
Result<Hash> range_root(std::int64_t first, std::int64_t last, const ReadNode& read) {
  std::vector<Hash> parts;
  while (first < last) {
    const auto height = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(last - first))) - 1;
    Result<Hash> part = read(height, first >> height);
    if (!part) return part;
    parts.push_back(*part);
    first += std::int64_t{1} << height;
  }
  Hash joined = parts.back();
  for (std::size_t i = parts.size() - 1; i-- > 0;) joined = hash_node(parts[i], joined);
  return joined;
}

// The largest power of two below `size`. Precondition: size > 1.
std::int64_t split(std::int64_t size) {
  return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(size - 1)));
}

// SUBPROOF of RFC 9162 2.1.4.1 over the leaves [first, last); `whole`: its root is known to the verifier.
Result<void> consistency(std::int64_t older, std::int64_t first, std::int64_t last, bool whole,
                         const ReadNode& read, std::vector<Hash>& path) {
  std::int64_t from = first;
  std::int64_t until = last;
  if (older == last) {
    if (whole) return {};
  } else {
    const std::int64_t middle = first + split(last - first);
    const bool left = older <= middle;
    Result<void> inner = left ? consistency(older, first, middle, whole, read, path)
                              : consistency(older, middle, last, false, read, path);
    if (!inner) return inner;
    (left ? from : until) = middle;
  }
  Result<Hash> sibling = range_root(from, until, read);
  if (!sibling) return sibling.error();
  path.push_back(*sibling);
  return {};
}

Error mismatch(const std::string& message) {
  return make_error(ErrorCode::validation, message);
}

}  // namespace

Hash hash_leaf(ByteView data) {
  Bytes input;
  input.reserve(data.size() + 1);
  input.push_back(leaf_prefix);
  input.insert(input.end(), data.begin(), data.end());
  return crypto::sha256(input);
}

Hash hash_node(const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 65> input{node_prefix};
  std::copy(left.begin(), left.end(), input.begin() + 1);
  std::copy(right.begin(), right.end(), input.begin() + 33);
  return crypto::sha256(input);
}

Hash empty_root() {
  return crypto::sha256({});
}

Hash root_of_complete(std::span<const Hash> leaves) {
  if (leaves.size() == 1) return leaves.front();
  const std::size_t half = leaves.size() / 2;
  return hash_node(root_of_complete(leaves.first(half)), root_of_complete(leaves.subspan(half)));
}

void CompactTree::append(const Hash& leaf) {
  Hash joined = leaf;
  for (std::int64_t rest = size_; (rest & 1) != 0; rest >>= 1) {
    joined = hash_node(peaks_.back(), joined);
    peaks_.pop_back();
  }
  peaks_.push_back(joined);
  ++size_;
}

Hash CompactTree::root() const {
  if (peaks_.empty()) return empty_root();
  Hash joined = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) joined = hash_node(peaks_[i], joined);
  return joined;
}

Result<std::vector<Hash>> peaks(std::int64_t size, const ReadNode& read) {
  std::vector<Hash> found;
  for (int height = 62; height >= 0; --height) {
    if (((size >> height) & 1) == 0) continue;
    Result<Hash> peak = read(height, (size >> height) - 1);
    if (!peak) return peak.error();
    found.push_back(*peak);
  }
  return found;
}

Result<Hash> root(std::int64_t size, const ReadNode& read) {
  return size == 0 ? Result<Hash>(empty_root()) : range_root(0, size, read);
}

Result<std::vector<Hash>> inclusion_path(std::int64_t index, std::int64_t size, const ReadNode& read) {
  std::vector<Hash> path;
  for (int height = 0; (size - 1) >> height != 0; ++height) {
    const std::int64_t sibling = (index >> height) ^ 1;
    const std::int64_t first = sibling << height;
    if (first >= size) continue;  // nothing stands to the right at this height
    Result<Hash> hash = range_root(first, std::min(size, first + (std::int64_t{1} << height)), read);
    if (!hash) return hash.error();
    path.push_back(*hash);
  }
  return path;
}

Result<std::vector<Hash>> consistency_path(std::int64_t older, std::int64_t newer, const ReadNode& read) {
  std::vector<Hash> path;
  if (Result<void> done = consistency(older, 0, newer, true, read, path); !done) return done.error();
  return path;
}

Result<void> verify_inclusion(std::int64_t index, std::int64_t size, const Hash& leaf,
                              std::span<const Hash> path, const Hash& root) {
  if (index < 0 || index >= size) {
    return mismatch("entry " + std::to_string(index) + " cannot be in a log of " + std::to_string(size) +
                    " entries");
  }
  auto fn = static_cast<std::uint64_t>(index);
  auto sn = static_cast<std::uint64_t>(size - 1);
  Hash joined = leaf;
  for (const Hash& hash : path) {
    if (sn == 0) return mismatch("the inclusion path is longer than the log is high");
    if ((fn & 1) != 0 || fn == sn) {
      joined = hash_node(hash, joined);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      joined = hash_node(joined, hash);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return mismatch("the inclusion path is shorter than the log is high");
  if (joined != root) {
    return mismatch("the inclusion path of entry " + std::to_string(index) +
                    " does not lead to the checkpoint's root");
  }
  return {};
}

Result<void> verify_consistency(std::int64_t older, std::int64_t newer, const Hash& older_root,
                                const Hash& newer_root, std::span<const Hash> path) {
  const auto forked = [&] {
    return mismatch("the log of " + std::to_string(newer) + " entries does not continue the log of " +
                    std::to_string(older) + " entries");
  };
  if (older < 0 || older > newer) return forked();
  if (older == 0) return path.empty() && older_root == empty_root() ? Result<void>() : forked();
  if (older == newer) return path.empty() && older_root == newer_root ? Result<void>() : forked();
  std::vector<Hash> hashes(path.begin(), path.end());
  if (std::has_single_bit(static_cast<std::uint64_t>(older))) hashes.insert(hashes.begin(), older_root);
  if (hashes.empty()) return forked();
  auto fn = static_cast<std::uint64_t>(older - 1);
  auto sn = static_cast<std::uint64_t>(newer - 1);
  const int skip = std::countr_one(fn);
  fn >>= skip;
  sn >>= skip;
  Hash of_older = hashes.front();
  Hash of_newer = hashes.front();
  for (std::size_t i = 1; i < hashes.size(); ++i) {
    if (sn == 0) return forked();
    if ((fn & 1) != 0 || fn == sn) {
      of_older = hash_node(hashes[i], of_older);
      of_newer = hash_node(hashes[i], of_newer);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      of_newer = hash_node(of_newer, hashes[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && of_older == older_root && of_newer == newer_root ? Result<void>() : forked();
}

}  // namespace chancery::merkle
