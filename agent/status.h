// What `chancery-agent status` shows: read from configuration, state and disk; asks nobody.
#pragma once

#include <string>
#include <vector>

#include "agent/config.h"
#include "agent/plan.h"
#include "agent/state.h"

namespace chancery::agent {

struct StatusRow {
  std::string name, profile;
  std::string state;  // "ok", "due", "unproven", "backing off", "waiting for approval", "not enrolled",
                      // "cannot succeed"
  std::string serial;
  std::optional<TimePoint> not_after, renew_after;
  std::string served;  // "yes", "no" (another serial was seen last), "unknown"
  std::string reason;  // what comes next and why
  std::string last_error;
};

// A state that cannot be read counts as empty.
std::vector<StatusRow> read_status(const Config& config, const StateStore& store, TimePoint now);

std::string status_table(const std::vector<StatusRow>& rows, TimePoint now, bool colour);
std::string status_json(const std::vector<StatusRow>& rows, TimePoint now);

}  // namespace chancery::agent
