#include <bitset>

#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

constexpr std::size_t fewest_values = 6;  // 16 random octets have fewer once in 10^17

// Randomness cannot be seen in one number, but its absence can: a counter, a time or a constant behind zeros.
void run(const Subject& subject, const Lint& self, Findings& findings) {
  const ByteView serial = subject.tbs.serial.bytes();
  std::bitset<256> seen;
  for (std::size_t i = 1; i < serial.size(); ++i) seen.set(serial[i]);
  if (seen.count() < fewest_values) {
    report(self, findings, "the serial number is not random: " + to_hex(serial));
  }
}

}  // namespace

constinit const Lint serial_entropy{
    .id = "house.serial_entropy",
    .citation = "BR 7.1; house rule: 128 bits",
    .quote =
        "CAs SHALL generate non-sequential Certificate serial numbers greater than zero (0) containing at "
        "least 64 bits of output from a CSPRNG.",
    .advice = "Take the serial number from a CSPRNG; a counter or a time tells others what comes next.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::house
