// The ceremonies of one root, one after another: each bundle replayed with the one before it, and what only
// all of them together show.
#pragma once

#include <string>
#include <vector>

#include "ca/ceremony/replay/replay.h"

namespace chancery::ceremony {

inline constexpr std::size_t chain_limit = 256;  // bundles

struct Chain {
  std::vector<Replay> links;  // as they began, the first one first
  // One beginning; nobody goes on from a ceremony that another has gone on from already, which is how a
  // bundle that was not the newest shows; no bundle twice; no key used after its destruction; each list has a
  // greater number than the one before and all of its entries. Failed ones name the bundles.
  std::vector<Check> checks;
  [[nodiscard]] bool passed() const;
  [[nodiscard]] std::size_t not_checked() const;  // of all bundles and together
};

// In any order; `root` as in ReplayInputs. NOT found: a newest ceremony whose bundle is not given. Errors:
// those of replay(), payload_too_large (more than chain_limit).
Result<Chain> replay_chain(const std::vector<std::string>& bundles, const std::optional<std::string>& root);

}  // namespace chancery::ceremony
