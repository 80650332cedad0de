// Waiting that can be interrupted, and that tests replace: no test of the agent sleeps.
#pragma once

#include <chrono>

namespace chancery::agent {

class Waiter {
 public:
  virtual ~Waiter() = default;
  // Returns early when woken; false once the agent has been told to stop.
  virtual bool wait_for(std::chrono::milliseconds duration) = 0;
  // As the last wait_for() found it.
  [[nodiscard]] virtual bool stopped() const = 0;
};

// SIGTERM and SIGINT stop, SIGHUP wakes. Blocks those signals in the calling thread: make it in main before
// any thread.
class SignalWaiter final : public Waiter {
 public:
  SignalWaiter();
  bool wait_for(std::chrono::milliseconds duration) override;
  [[nodiscard]] bool stopped() const override { return stopped_; }

 private:
  bool stopped_ = false;
};

}  // namespace chancery::agent
