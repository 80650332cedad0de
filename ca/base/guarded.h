// Guarded<T>: a value that can only be reached through its lock. (Idea: PowerDNS LockGuarded.)
#pragma once

#include <mutex>
#include <utility>

namespace chancery {

// Thread-safe. with() runs `work` under the lock: keep it short, never call out to storage, network or
// signing from it.
template <typename T>
class Guarded {
 public:
  template <typename... Args>
  explicit Guarded(Args&&... args) : value_(std::forward<Args>(args)...) {}

  template <typename Work>
  auto with(Work&& work) {
    const std::scoped_lock lock(mutex_);
    return std::forward<Work>(work)(value_);
  }
  template <typename Work>
  auto with(Work&& work) const {
    const std::scoped_lock lock(mutex_);
    return std::forward<Work>(work)(value_);
  }

  // For immutable snapshots (T = std::shared_ptr<const S>): a copy to read from without the lock.
  [[nodiscard]] T snapshot() const {
    const std::scoped_lock lock(mutex_);
    return value_;
  }
  void replace(T value) {
    const std::scoped_lock lock(mutex_);
    std::swap(value_, value);
  }

 private:
  mutable std::mutex mutex_;
  T value_;
};

}  // namespace chancery
