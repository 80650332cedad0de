// Validity is INCLUSIVE of both ends (RFC 5280 4.1.2.5): 90 days is notAfter - notBefore = 7,775,999 s.
#pragma once

#include "ca/base/clock.h"

namespace chancery::x509 {

class Validity {
 public:
  // lifetime >= 1 s. notAfter = notBefore + lifetime - 1 s.
  static Validity starting_at(TimePoint not_before, Seconds lifetime) {
    return {not_before, not_before + lifetime - Seconds(1)};
  }
  static Validity from_bounds(TimePoint not_before, TimePoint not_after) { return {not_before, not_after}; }

  [[nodiscard]] TimePoint not_before() const { return not_before_; }
  [[nodiscard]] TimePoint not_after() const { return not_after_; }
  [[nodiscard]] Seconds lifetime() const { return not_after_ - not_before_ + Seconds(1); }
  [[nodiscard]] bool contains(TimePoint time) const { return not_before_ <= time && time <= not_after_; }
  friend bool operator==(const Validity&, const Validity&) = default;

 private:
  Validity(TimePoint not_before, TimePoint not_after) : not_before_(not_before), not_after_(not_after) {}
  TimePoint not_before_, not_after_;
};

}  // namespace chancery::x509
