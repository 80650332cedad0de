// Randomness. Nothing draws random bytes but through RandomSource, so that tests and rehearsals can fix them.
#pragma once

#include <cstdint>
#include <span>

namespace chancery {

class RandomSource {
 public:
  virtual ~RandomSource() = default;
  // Fills all of `out`. Thread-safe. There is no failure to handle: an implementation that cannot deliver
  // ends the process, because a CA that guesses serials or keys is worse than one that is down.
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

// The kernel's generator (getrandom(2)); waits only until it has first been seeded.
class SystemRandom final : public RandomSource {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

// A repeatable stream for tests and benchmarks. Never for keys, serials or tokens of a real CA. Not
// thread-safe.
class FixedRandom final : public RandomSource {
 public:
  explicit FixedRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::uint64_t state_;
};

}  // namespace chancery
