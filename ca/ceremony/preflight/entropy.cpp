#include <algorithm>
#include <array>
#include <charconv>

#include "ca/ceremony/preflight/kernel_file.h"

namespace chancery::ceremony {
namespace {

constexpr unsigned least_bits = 256;  // a full pool since Linux 5.18; of 4096 before

Evidence evidence(bool passed, std::string seen) {
  return {"entropy", passed, std::move(seen)};
}

}  // namespace

Evidence check_entropy(const Machine& machine, RandomSource& random) {
  const Result<std::vector<std::string>> lines =
      read_kernel_lines(machine, "/proc/sys/kernel/random/entropy_avail");
  if (!lines) return evidence(false, lines.error().message);
  const std::string text = lines->empty() ? "" : lines->front();
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error != std::errc() || end != text.data() + text.size()) {
    return evidence(false, "the kernel's entropy estimate is not a number");
  }
  if (bits < least_bits) {
    return evidence(false, "the kernel has " + std::to_string(bits) + " bits of entropy; " +
                               std::to_string(least_bits) + " are needed: wait, and use the keyboard");
  }
  std::array<std::uint8_t, 32> first{}, second{};
  random.fill(first);
  random.fill(second);
  if (first == second || std::count(first.begin(), first.end(), first[0]) == 32) {
    return evidence(false, "the random generator repeats itself; do not use this machine");
  }
  return evidence(true, std::to_string(bits) + " bits in the kernel's pool; two draws of 32 octets differ");
}

}  // namespace chancery::ceremony
