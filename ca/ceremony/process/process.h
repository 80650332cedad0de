// What this process does before it touches a secret.
#pragma once

#include <csignal>

#include <string>

#include "ca/base/result.h"

namespace chancery::ceremony {

// New files are for their owner only (umask 077); no core dumps and no debugger without root, since memory
// will hold keys; a closed pipe on standard output does not end a ceremony half-way. Failures are ignored:
// each measure is defence in depth, and the preflight of the full ceremony is where they become demands.
void protect_process();

// Holds back SIGINT, SIGTERM and SIGHUP of the calling thread while it lives, so that Ctrl-C cannot fall
// between two files. They are delivered when it ends.
class SignalHold {
 public:
  SignalHold();
  ~SignalHold();
  SignalHold(const SignalHold&) = delete;
  SignalHold& operator=(const SignalHold&) = delete;

  // One of them has come; it is taken away, so that it is not delivered any more.
  static bool take_pending();
  // Waits for the answer to a question: until reading from `descriptor` would not block, be it its end.
  // Errors: unavailable (one of the signals has come, before or meanwhile, and was taken away; the kernel
  // gives no descriptor for them). Precondition: a SignalHold lives in this thread.
  static Result<void> wait_for_input(int descriptor);

 private:
  sigset_t saved_{};
};

}  // namespace chancery::ceremony
