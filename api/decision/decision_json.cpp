#include "api/decision/decision_json.h"

#include <nlohmann/json.hpp>

namespace chancery::decision {

using nlohmann::json;

json reason_json(const policy::Reason& reason) {
  return {{"passed", reason.passed}, {"grandfathered", reason.grandfathered},
          {"rule", reason.rule},     {"location", reason.location},
          {"value", reason.value},   {"message", reason.message}};
}

json profile_json(const policy::Profile& profile) {
  json purposes = json::array();
  for (const x509::KeyPurpose purpose : profile.extended_key_usage)
    purposes.push_back(x509::to_string(purpose));
  return {{"name", profile.name.text()},
          {"hash", to_hex(profile.hash)},
          {"location", profile.location},
          {"lifetime", to_string(profile.lifetime)},
          {"renew_after", to_string(profile.renew_after)},
          {"extended_key_usage", std::move(purposes)}};
}

json decision_json(const policy::Decision& decision, const policy::Profile* profile) {
  json data = {{"allowed", decision.allowed},
               {"reasons", json::array()},
               {"names", json::array()},
               {"subject", decision.subject.to_string()},
               {"profile", nullptr}};
  for (const policy::Reason& reason : decision.reasons) data["reasons"].push_back(reason_json(reason));
  for (const x509::GeneralName& name : decision.names) data["names"].push_back(x509::to_string(name));
  if (profile != nullptr) data["profile"] = profile_json(*profile);
  return data;
}

json details_json(const Error& error) {
  json details = json::array();
  for (const ErrorDetail& detail : error.details) {
    details.push_back({{"rule", detail.rule},
                       {"location", detail.location},
                       {"value", detail.value},
                       {"message", detail.message}});
  }
  return details;
}

}  // namespace chancery::decision
