// The fields of an entry, for whoever compares it with the records.
#pragma once

#include <nlohmann/json.hpp>

#include "ca/store/records.h"

namespace chancery::audit {

// An empty object when they are none: the comparison then finds what is missing.
inline nlohmann::json fields_of(const store::AuditEntry& entry) {
  nlohmann::json parsed = nlohmann::json::parse(entry.event.fields, nullptr, false);
  return parsed.is_object() ? parsed : nlohmann::json::object();
}

// "" when it is not there, or no text.
inline std::string text_of(const nlohmann::json& fields, const char* name) {
  const auto found = fields.find(name);
  return found != fields.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace chancery::audit
