// One server a database: starting ends the intents that a crash has left, and must not take a running
// server's for such.
#pragma once

#include <string>

#include "ca/base/result.h"

namespace chancery::server {

// Holds flock(2) on "DATABASE.lock". The kernel releases it however the process ends. Move-only.
class InstanceLock {
 public:
  // Errors: conflict (another process holds it), unavailable (the file cannot be made).
  static Result<InstanceLock> acquire(const std::string& database);
  InstanceLock(InstanceLock&& other) noexcept;
  InstanceLock& operator=(InstanceLock&&) = delete;
  InstanceLock(const InstanceLock&) = delete;
  InstanceLock& operator=(const InstanceLock&) = delete;
  ~InstanceLock();

 private:
  explicit InstanceLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace chancery::server
