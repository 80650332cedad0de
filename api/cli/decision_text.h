// A decision for people: the answer of explain, and what `policy test` decides offline.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/cli/session.h"

namespace chancery::cli {

// `decision` as api/decision writes it, with "error". Table or JSON. Returns exit_ok when it is allowed, else
// exit_refused.
int print_decision(const nlohmann::json& decision, bool as_json, const Terminal& terminal);

}  // namespace chancery::cli
