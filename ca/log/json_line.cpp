#include "ca/log/json_line.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace chancery::log {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 5> fixed_members{"timestamp", "level", "event_type", "message",
                                                        "component"};

Json to_json(const FieldValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

std::string member_name(const Json& line, const std::string& name) {
  const bool fixed = std::find(fixed_members.begin(), fixed_members.end(), name) != fixed_members.end();
  return fixed || line.contains(name) ? "field_" + name : name;
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "error";
}

std::string json_line(std::string_view timestamp, Level level, std::string_view component,
                      std::string_view event_type, std::string_view message, const Fields& fields) {
  Json line = {{"timestamp", timestamp},
               {"level", to_string(level)},
               {"event_type", event_type},
               {"message", message},
               {"component", component}};
  const auto request = std::find_if(fields.begin(), fields.end(),
                                    [](const auto& field) { return field.first == "request_id"; });
  if (request != fields.end()) line["request_id"] = to_json(request->second);
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    if (field != request) line[member_name(line, field->first)] = to_json(field->second);
  }
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace chancery::log
