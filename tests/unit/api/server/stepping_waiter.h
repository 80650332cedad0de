// What the service's threads wait with in tests, which do not wait.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "api/server/policy_watch.h"

namespace chancery::server {

// Each wake() is one look of the thread, and returns when that look is over.
class SteppingWaiter final : public Waiter {
 public:
  Woken wait(Seconds at_most, const std::stop_token& stop) override {
    std::unique_lock lock(mutex_);
    asked_for = at_most;
    ++waits_;
    changed_.notify_all();
    changed_.wait(lock, stop, [this] { return next_.has_value(); });
    if (stop.stop_requested()) return Woken::stopped;
    return *std::exchange(next_, std::nullopt);
  }
  void ask() override { wake(Woken::asked); }
  void wake(Woken how) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waits_ > 0; });
    const int before = waits_;
    next_ = how;
    changed_.notify_all();
    changed_.wait(lock, [this, before] { return waits_ > before; });
  }
  Seconds asked_for{0};

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Woken> next_;
  int waits_ = 0;
};

}  // namespace chancery::server
