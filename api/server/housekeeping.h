// What has to be done now and then, and holds up no request: a checkpoint of all that was committed is kept
// beside the database, and how many uses of the key the log announces; and uses of quotas that have left
// every window are forgotten.
#pragma once

#include <stop_token>
#include <string>
#include <thread>

#include "api/metrics/metrics.h"
#include "api/server/policy_watch.h"
#include "ca/audit/log.h"
#include "ca/base/clock.h"
#include "ca/keys/signing_counter.h"
#include "ca/log/log.h"
#include "ca/store/store.h"

namespace chancery::server {

struct HousekeepingParts {
  store::Store& store;
  audit::Log& log;
  keys::SigningCounter& signatures;
  std::string last_checkpoint_file;
  metrics::Metrics& metrics;
  const log::Logger& logger;
  const Clock& clock;
  Waiter& waiter;
};

// At first, every minute, and at the end. What fails is logged
// once and tried again, and the metrics tell when it last did not. The parts must outlive it. The thread
// "housekeeping" ends with it.
class Housekeeping {
 public:
  static constexpr Seconds interval{60};
  static constexpr int forgotten_at_once = 1000;  // so that no commit takes long

  explicit Housekeeping(HousekeepingParts parts);

 private:
  void work(const std::stop_token& stop);
  void keep_checkpoint();
  void keep(const audit::SignedCheckpoint& checkpoint);
  void settle();
  void forget();

  HousekeepingParts parts_;
  std::int64_t kept_ = -1;  // entries of the checkpoint in the file
  bool failed_ = false;     // to keep it, the last time
  std::jthread thread_;     // last: it uses the others
};

}  // namespace chancery::server
