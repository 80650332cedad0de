// The thread that brings changed profiles into force: on SIGHUP at once, by itself within seconds.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "api/metrics/metrics.h"
#include "ca/authority/authority.h"
#include "ca/base/clock.h"
#include "ca/log/log.h"
#include "ca/policy/source.h"

namespace chancery::server {

// What the thread waits with; tests give one that does not wait.
class Waiter {
 public:
  enum class Woken { time, asked, stopped };
  virtual ~Waiter() = default;
  virtual Woken wait(Seconds at_most, const std::stop_token& stop) = 0;
  // From any thread: ends the present wait, or the next one, as asked.
  virtual void ask() = 0;
};

class RealWaiter final : public Waiter {
 public:
  Woken wait(Seconds at_most, const std::stop_token& stop) override;
  void ask() override;

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool asked_ = false;
};

struct PolicyWatchParts {
  policy::ProfileSource& source;
  authority::Authority& authority;
  metrics::Metrics& metrics;
  const log::Logger& logger;
  const Clock& clock;
  Waiter& waiter;
};

// What is weak in the profiles in force is logged, at first and after each change. A change that is refused
// is logged with its faults and counted; the profiles before it stay in force. The parts must outlive it. The
// thread "policy-watch" ends with it.
class PolicyWatch {
 public:
  static constexpr Seconds interval{3};  // between two looks at the directory

  explicit PolicyWatch(const PolicyWatchParts& parts);
  void reload_now() { parts_.waiter.ask(); }

 private:
  void work(const std::stop_token& stop);
  void tell(policy::ProfileSource::Outcome outcome);
  void warn() const;

  PolicyWatchParts parts_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace chancery::server
