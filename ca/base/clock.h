// Time: UTC seconds, since X.509 knows nothing finer (RFC 5280 4.1.2.5). Nothing reads the clock but through
// Clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace chancery {

using Seconds = std::chrono::seconds;
using TimePoint = std::chrono::sys_seconds;

class Clock {
 public:
  virtual ~Clock() = default;
  // Thread-safe. May go backwards: callers that need an order must not take it from here.
  [[nodiscard]] virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
};

// For tests and rehearsals: stands still until told otherwise. Not thread-safe while being set.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(TimePoint now) : now_(now) {}
  [[nodiscard]] TimePoint now() const override { return now_; }
  void set(TimePoint now) { now_ = now; }
  void advance(Seconds by) { now_ += by; }

 private:
  TimePoint now_;
};

// "2026-11-22T04:36:00Z", years 0000 to 9999.
std::string to_rfc3339(TimePoint time);
// Accepts exactly the form above; nullopt for anything else, impossible dates and leap seconds included.
std::optional<TimePoint> parse_rfc3339(std::string_view text);

// "90d", "36h", "15m", "30s": one positive whole number, one unit, at most 100 years.
std::optional<Seconds> parse_duration(std::string_view text);
// The largest unit that divides it: 7776000 s is "90d".
std::string to_string(Seconds duration);

inline TimePoint from_unix(std::int64_t seconds) {
  return TimePoint(Seconds(seconds));
}
inline std::int64_t to_unix(TimePoint time) {
  return time.time_since_epoch().count();
}

}  // namespace chancery
