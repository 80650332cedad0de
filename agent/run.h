// The loop: plan, perform, report, wait.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/lifecycle.h"

namespace chancery::agent {

// Not thread-safe. `config`, `store` and `surroundings` must outlive it.
class Agent {
 public:
  Agent(const Config& config, StateStore& store, Surroundings& surroundings);

  struct Pass {
    bool all_well = true;  // nothing failed, and nothing cannot succeed
    bool waiting = false;  // something has to be approved by an operator first
    TimePoint next;        // when to make the next pass at the latest; after now
  };
  // One look at every certificate, and one action where something is due.
  Pass pass();
  // Passes until the waiter says stop.
  void run();

 private:
  void report();
  void push(TimePoint now, bool at_once);

  const Config& config_;
  Surroundings& around_;
  std::vector<std::unique_ptr<Lifecycle>> lives_;
  std::optional<TimePoint> next_push_;
  bool push_failed_ = false;
};

}  // namespace chancery::agent
