#include "agent/backoff.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace chancery::agent {
namespace {

constexpr Seconds hour{3600};

std::uint64_t draw(RandomSource& random) {
  std::array<std::uint8_t, 8> bytes{};
  random.fill(bytes);
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), bytes.size());
  return number;
}

}  // namespace

Seconds longest_backoff(std::optional<Seconds> lifetime) {
  return lifetime ? std::clamp(*lifetime / 60, Seconds(2), hour) : Seconds(60);
}

Seconds backoff(int failures, std::optional<Seconds> lifetime, std::optional<Seconds> retry_after,
                RandomSource& random) {
  const Seconds longest = longest_backoff(lifetime);
  const Seconds first = std::clamp(longest / 60, Seconds(1), Seconds(60));
  const int doublings = std::clamp(failures - 1, 0, 20);
  const Seconds delay = std::min(longest, first * (std::int64_t{1} << doublings));
  const Seconds half = delay / 2;
  const Seconds drawn =
      delay - half +
      Seconds(static_cast<std::int64_t>(draw(random) % (static_cast<std::uint64_t>(half.count()) + 1)));
  return std::max({Seconds(1), drawn, std::min(retry_after.value_or(Seconds(0)), hour)});
}

}  // namespace chancery::agent
