#include "agent/waiter.h"

#include <csignal>

namespace chancery::agent {
namespace {

sigset_t awaited() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

}  // namespace

SignalWaiter::SignalWaiter() {
  const sigset_t set = awaited();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool SignalWaiter::wait_for(std::chrono::milliseconds duration) {
  if (stopped_) return false;
  const sigset_t set = awaited();
  timespec limit{};
  limit.tv_sec = static_cast<time_t>(duration.count() / 1000);
  limit.tv_nsec = static_cast<long>(duration.count() % 1000) * 1'000'000;
  const int signal = sigtimedwait(&set, nullptr, &limit);
  stopped_ = signal == SIGTERM || signal == SIGINT;
  return !stopped_;
}

}  // namespace chancery::agent
