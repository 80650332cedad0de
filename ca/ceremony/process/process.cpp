#include "ca/ceremony/process/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <ctime>
#include <initializer_list>

namespace chancery::ceremony {
namespace {

sigset_t held_set() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
  return set;
}

}  // namespace

void protect_process() {
  ::umask(077);
  const rlimit none{0, 0};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &none));
  static_cast<void>(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  static_cast<void>(::sigaction(SIGPIPE, &ignore, nullptr));
}

bool SignalHold::take_pending() {
  const sigset_t signals = held_set();
  const timespec at_once{};
  bool found = false;
  while (::sigtimedwait(&signals, nullptr, &at_once) > 0) found = true;
  return found;
}

SignalHold::SignalHold() {
  const sigset_t signals = held_set();
  static_cast<void>(::pthread_sigmask(SIG_BLOCK, &signals, &saved_));
}

SignalHold::~SignalHold() {
  static_cast<void>(::pthread_sigmask(SIG_SETMASK, &saved_, nullptr));
}

}  // namespace chancery::ceremony
