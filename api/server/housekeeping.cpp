#include "api/server/housekeeping.h"

#include <pthread.h>

#include <utility>

#include "ca/audit/last_checkpoint.h"
#include "ca/policy/quotas.h"

namespace chancery::server {

Housekeeping::Housekeeping(HousekeepingParts parts)
    : parts_(std::move(parts)), thread_([this](const std::stop_token& stop) { work(stop); }) {
  pthread_setname_np(thread_.native_handle(), "housekeeping");
}

void Housekeeping::work(const std::stop_token& stop) {
  do {
    keep_checkpoint();
    settle();
    forget();
  } while (parts_.waiter.wait(interval, stop) != Waiter::Woken::stopped);
  keep_checkpoint();
}

void Housekeeping::keep_checkpoint() {
  const auto now = parts_.log.checkpoint();
  keep(now ? *now : parts_.log.latest());
}

void Housekeeping::keep(const audit::SignedCheckpoint& checkpoint) {
  if (checkpoint.checkpoint.size == kept_) return parts_.metrics.checkpoint_kept(parts_.clock.now());
  const Result<void> kept = audit::keep_last_checkpoint(parts_.last_checkpoint_file, checkpoint.note);
  if (kept) {
    kept_ = checkpoint.checkpoint.size;
    parts_.metrics.checkpoint_kept(parts_.clock.now());
  } else if (!failed_) {
    parts_.logger.failure("audit.checkpoint_not_kept",
                          "the last checkpoint cannot be kept beside the database; trying on", kept.error());
  }
  failed_ = !kept;
}

// A store that fails is told by whoever needs it, here and below.
void Housekeeping::settle() {
  const keys::SignatureCounts counts = parts_.signatures.counts();
  if (counts.since < 0) return;
  const auto announced =
      audit::count_announced(parts_.store, {counts.settled_entries, counts.settled_intents});
  if (announced) parts_.signatures.settle(announced->entries, announced->intents);
}

void Housekeeping::forget() {
  (void)parts_.store.forget_quota_uses(parts_.clock.now() - policy::longest_quota_window, forgotten_at_once);
}

}  // namespace chancery::server
