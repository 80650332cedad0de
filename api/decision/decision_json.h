// A decision of policy as JSON: what the service answers to explain, and `chancery policy` prints offline.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "ca/policy/evaluate.h"

namespace chancery::decision {

// {"passed","grandfathered","rule","location","value","message"}
nlohmann::json reason_json(const policy::Reason& reason);
// {"name","hash","location","lifetime","renew_after","extended_key_usage"}: what the certificate would have
// beside its names, and the text that says so.
nlohmann::json profile_json(const policy::Profile& profile);
// {"allowed","reasons","names","subject","profile"}. `profile` null when there is none of that name.
nlohmann::json decision_json(const policy::Decision& decision, const policy::Profile* profile);
// [{"rule","location","value","message"}]
nlohmann::json details_json(const Error& error);

}  // namespace chancery::decision
