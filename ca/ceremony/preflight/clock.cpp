#include <chrono>

#include "ca/ceremony/preflight/preflight.h"

namespace chancery::ceremony {
namespace {

std::string described(const ClockReading& reading) {
  return reading.person + " said " + to_rfc3339(reading.said) + " when this machine had " +
         to_rfc3339(reading.here);
}

}  // namespace

Evidence check_clock(const ClockReading& first, const ClockReading& second, Seconds tolerance) {
  const std::string seen = described(first) + "; " + described(second);
  if (first.person == second.person) return {"clock", false, seen + "; two people must read two clocks"};
  for (const ClockReading& reading : {first, second}) {
    if (std::chrono::abs(reading.said - reading.here) > tolerance) {
      return {
          "clock", false,
          seen + "; more than " + to_string(tolerance) + " apart: set this machine's clock and begin again"};
    }
  }
  return {"clock", true, seen};
}

}  // namespace chancery::ceremony
