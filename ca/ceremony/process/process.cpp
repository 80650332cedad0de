#include "ca/ceremony/process/process.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <initializer_list>
#include <string>

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

// A signal that came before the wait began is pending, and makes its descriptor readable at once: there is no
// moment in which it could be lost.
Result<void> SignalHold::wait_for_input(int descriptor) {
  const sigset_t signals = held_set();
  const int pending = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (pending < 0)
    return make_error(ErrorCode::unavailable,
                      std::string("cannot wait for signals: ") + std::strerror(errno));
  std::array<pollfd, 2> both{{{descriptor, POLLIN, 0}, {pending, POLLIN, 0}}};
  int ready = 0;
  do ready = ::poll(both.data(), both.size(), -1);
  while (ready < 0 && errno == EINTR);
  ::close(pending);
  // What poll() cannot wait for, read() will tell.
  if (ready < 0 || both[1].revents == 0) return {};
  take_pending();
  return make_error(ErrorCode::unavailable, "stopped by a signal at the question");
}

SignalHold::SignalHold() {
  const sigset_t signals = held_set();
  static_cast<void>(::pthread_sigmask(SIG_BLOCK, &signals, &saved_));
}

SignalHold::~SignalHold() {
  static_cast<void>(::pthread_sigmask(SIG_SETMASK, &saved_, nullptr));
}

}  // namespace chancery::ceremony
