#include "api/cli/json_text.h"

#include <nlohmann/json.hpp>

namespace chancery::cli {

using nlohmann::json;

std::string text(const json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  if (found == object.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->is_number() ? found->dump() : std::string();
}

json list_of(const json& object, const char* key) {
  if (!object.is_object()) return json::array();
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : json::array();
}

std::string joined(const json& object, const char* key) {
  std::string all;
  if (!object.is_object() || !object.contains(key) || !object[key].is_array()) return all;
  for (const json& entry : object[key]) {
    if (entry.is_string()) all += (all.empty() ? "" : ", ") + entry.get<std::string>();
  }
  return all;
}

std::string pretty(const json& value) {
  return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace chancery::cli
