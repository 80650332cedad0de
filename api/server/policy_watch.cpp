#include "api/server/policy_watch.h"

#include <pthread.h>

#include <utility>

#include "ca/policy/advice.h"

namespace chancery::server {

Waiter::Woken RealWaiter::wait(Seconds at_most, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, at_most, [this] { return asked_; });
  if (stop.stop_requested()) return Woken::stopped;
  return std::exchange(asked_, false) ? Woken::asked : Woken::time;
}

void RealWaiter::ask() {
  {
    const std::scoped_lock lock(mutex_);
    asked_ = true;
  }
  changed_.notify_one();
}

PolicyWatch::PolicyWatch(const PolicyWatchParts& parts)
    : parts_(parts), thread_([this](const std::stop_token& stop) { work(stop); }) {
  pthread_setname_np(thread_.native_handle(), "policy-watch");
}

void PolicyWatch::warn() const {
  for (const std::string& weakness : policy::weaknesses(*parts_.source.state().profiles))
    parts_.logger.warning("policy.weak", weakness);
}

void PolicyWatch::work(const std::stop_token& stop) {
  warn();
  for (;;) {
    const Waiter::Woken woken = parts_.waiter.wait(interval, stop);
    if (woken == Waiter::Woken::stopped) return;
    const TimePoint now = parts_.clock.now();
    tell(woken == Waiter::Woken::asked ? parts_.source.reload(now) : parts_.source.refresh(now));
  }
}

void PolicyWatch::tell(policy::ProfileSource::Outcome outcome) {
  const policy::SourceState state = parts_.source.state();
  switch (outcome) {
    case policy::ProfileSource::Outcome::unchanged:
      return;
    case policy::ProfileSource::Outcome::loaded:
      // Metrics first, so that no issuance of a new profile counts as unknown.
      parts_.metrics.profiles_loaded(*state.profiles, state.loaded_at);
      parts_.authority.replace_profiles(state.profiles);
      parts_.logger.info("policy.loaded", "other profiles are in force from now on",
                         {{"profiles", static_cast<std::int64_t>(state.profiles->all().size())}});
      warn();
      return;
    case policy::ProfileSource::Outcome::recovered:
      parts_.logger.info("policy.recovered", "the profiles in force stand in the directory again");
      return;
    case policy::ProfileSource::Outcome::refused:
      parts_.metrics.policy_refused();
      parts_.logger.failure("policy.refused", "changed profiles have faults; those before them stay in force",
                            state.fault.value_or(Error{}));
      return;
  }
}

}  // namespace chancery::server
