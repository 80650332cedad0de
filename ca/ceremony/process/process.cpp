#include "ca/ceremony/process/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <initializer_list>

namespace chancery::ceremony {

void protect_process() {
  ::umask(077);
  const rlimit none{0, 0};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &none));
  static_cast<void>(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  static_cast<void>(::sigaction(SIGPIPE, &ignore, nullptr));
}

SignalHold::SignalHold() {
  sigset_t held;
  sigemptyset(&held);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held, number);
  static_cast<void>(::pthread_sigmask(SIG_BLOCK, &held, &saved_));
}

SignalHold::~SignalHold() {
  static_cast<void>(::pthread_sigmask(SIG_SETMASK, &saved_, nullptr));
}

}  // namespace chancery::ceremony
