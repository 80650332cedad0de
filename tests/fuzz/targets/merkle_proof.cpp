// Proofs between trees of up to 255 leaves. The input says what is to be proven and how the proof is spoilt:
// an octet for the kind (even: inclusion, odd: consistency), two for the smaller and the larger number, two
// for the numbers that are claimed instead, then for each change an octet that says which, and one that says
// where. Promises: the true proof is that of the definition in RFC 6962 2.1 (recursion over the list of
// leaves, with nothing in common with ca/merkle), and is accepted; whatever else is accepted, the definition
// accepts.
#include "ca/merkle/tree.h"

#include <optional>

#include "tests/fuzz/support/golden_log.h"
#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

using merkle::Hash;
using Hashes = std::span<const Hash>;

// The largest power of two smaller than `count`.
std::size_t split(std::size_t count) {
  std::size_t power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

Hash mth(Hashes leaves) {
  if (leaves.empty()) return merkle::empty_root();
  if (leaves.size() == 1) return leaves.front();
  const std::size_t k = split(leaves.size());
  return merkle::hash_node(mth(leaves.first(k)), mth(leaves.subspan(k)));
}

std::vector<Hash> path_of(std::size_t index, Hashes leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t k = split(leaves.size());
  std::vector<Hash> path =
      index < k ? path_of(index, leaves.first(k)) : path_of(index - k, leaves.subspan(k));
  path.push_back(index < k ? mth(leaves.subspan(k)) : mth(leaves.first(k)));
  return path;
}

std::vector<Hash> subproof(std::size_t older, Hashes leaves, bool whole) {
  if (older == leaves.size()) return whole ? std::vector<Hash>() : std::vector<Hash>{mth(leaves)};
  const std::size_t k = split(leaves.size());
  std::vector<Hash> path =
      older <= k ? subproof(older, leaves.first(k), whole) : subproof(older - k, leaves.subspan(k), false);
  path.push_back(older <= k ? mth(leaves.subspan(k)) : mth(leaves.first(k)));
  return path;
}

// The definitions read backwards: what the hashes of a path come to. nullopt when they run out.
class Backwards {
 public:
  explicit Backwards(Hashes path) : rest_(path) {}

  std::optional<Hash> root(std::size_t index, std::size_t size, const Hash& leaf) {
    if (size == 1) return leaf;
    const std::size_t k = split(size);
    const auto below = index < k ? root(index, k, leaf) : root(index - k, size - k, leaf);
    const auto beside = take();
    if (!below || !beside) return std::nullopt;
    return index < k ? merkle::hash_node(*below, *beside) : merkle::hash_node(*beside, *below);
  }

  struct Both {
    Hash older{}, newer{};
  };
  std::optional<Both> roots(std::size_t older, std::size_t newer, bool whole, const Hash& older_root) {
    if (older == newer) {
      const auto known = whole ? std::optional(older_root) : take();
      return known ? std::optional(Both{*known, *known}) : std::nullopt;
    }
    const std::size_t k = split(newer);
    const auto below =
        older <= k ? roots(older, k, whole, older_root) : roots(older - k, newer - k, false, older_root);
    const auto beside = take();
    if (!below || !beside) return std::nullopt;
    if (older <= k) return Both{below->older, merkle::hash_node(below->newer, *beside)};
    return Both{merkle::hash_node(*beside, below->older), merkle::hash_node(*beside, below->newer)};
  }

  [[nodiscard]] bool used_up() const { return rest_.empty(); }

 private:
  std::optional<Hash> take() {
    if (rest_.empty()) return std::nullopt;
    const Hash hash = rest_.front();
    rest_ = rest_.subspan(1);
    return hash;
  }
  Hashes rest_;
};

void spoil(std::vector<Hash>& path, ByteView changes, Hashes leaves) {
  for (; changes.size() >= 2; changes = changes.subspan(2)) {
    const std::size_t where = changes[1];
    if (changes[0] % 5 == 0)
      path.insert(path.begin() + static_cast<std::ptrdiff_t>(where % (path.size() + 1)),
                  mth(leaves.first(where % leaves.size())));
    if (path.empty()) continue;
    Hash& one = path[where % path.size()];
    if (changes[0] % 5 == 1) path.erase(path.begin() + static_cast<std::ptrdiff_t>(where % path.size()));
    if (changes[0] % 5 == 2) std::swap(one, path.front());
    if (changes[0] % 5 == 3) one[where / 8] = static_cast<std::uint8_t>(one[where / 8] ^ (1U << where % 8));
    if (changes[0] % 5 == 4) path.push_back(Hash(one));
  }
}

struct Numbers {
  std::size_t smaller, larger, claimed_smaller, claimed_larger;
};

void inclusion(const Numbers& n, ByteView changes, const std::vector<Hash>& all) {
  const Hashes leaves = Hashes(all).first(n.larger);
  std::vector<Hash> path = path_of(n.smaller, leaves);
  const auto index = static_cast<std::int64_t>(n.smaller), size = static_cast<std::int64_t>(n.larger);
  const auto ours = merkle::inclusion_path(index, size, nodes_of(all));
  invariant(ours && *ours == path, "the path of inclusion is the definition's");
  const Hash root = mth(leaves), leaf = leaves[n.smaller];
  invariant(merkle::verify_inclusion(index, size, leaf, path, root).has_value(),
            "a true inclusion is accepted");

  spoil(path, changes, all);
  Backwards theirs(path);
  const bool possible = n.claimed_smaller < n.claimed_larger;
  const auto reached =
      possible ? theirs.root(n.claimed_smaller, n.claimed_larger, leaf) : std::optional<Hash>();
  const bool accepted =
      merkle::verify_inclusion(static_cast<std::int64_t>(n.claimed_smaller),
                               static_cast<std::int64_t>(n.claimed_larger), leaf, path, root)
          .has_value();
  invariant(accepted == (reached && *reached == root && theirs.used_up()),
            "an inclusion is accepted when the definition accepts it");
}

void consistency(const Numbers& n, ByteView changes, const std::vector<Hash>& all) {
  const Hashes leaves = Hashes(all).first(n.larger);
  const std::size_t older = n.smaller + 1;
  std::vector<Hash> path = subproof(older, leaves, true);
  const auto from = static_cast<std::int64_t>(older), to = static_cast<std::int64_t>(n.larger);
  const auto ours = merkle::consistency_path(from, to, nodes_of(all));
  invariant(ours && *ours == path, "the path of consistency is the definition's");
  const Hash older_root = mth(leaves.first(older)), newer_root = mth(leaves);
  invariant(merkle::verify_consistency(from, to, older_root, newer_root, path).has_value(),
            "a true consistency is accepted");

  spoil(path, changes, all);
  Backwards theirs(path);
  const bool possible = n.claimed_smaller > 0 && n.claimed_smaller <= n.claimed_larger;
  const auto reached = possible ? theirs.roots(n.claimed_smaller, n.claimed_larger, true, older_root)
                                : std::optional<Backwards::Both>();
  const bool holds =
      reached && reached->older == older_root && reached->newer == newer_root && theirs.used_up();
  const bool accepted =
      merkle::verify_consistency(static_cast<std::int64_t>(n.claimed_smaller),
                                 static_cast<std::int64_t>(n.claimed_larger), older_root, newer_root, path)
          .has_value();
  invariant(accepted == holds, "a consistency is accepted when the definition accepts it");
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  static const std::vector<merkle::Hash> leaves = fuzz::golden_leaves(255);
  const ByteView bytes = fuzz::input(data, size);
  if (bytes.size() < 5) return 0;
  const std::size_t larger = bytes[2] % 255U + 1U;
  const fuzz::Numbers numbers{bytes[1] % larger, larger, bytes[3], bytes[4]};
  (bytes[0] % 2 == 0 ? fuzz::inclusion : fuzz::consistency)(numbers, bytes.subspan(5), leaves);
  return 0;
}
