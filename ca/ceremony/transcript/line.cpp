#include "ca/ceremony/transcript/line.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "ca/ceremony/transcript/transcript.h"

namespace chancery::ceremony {
namespace {

using Json = nlohmann::json;

Error malformed(const std::string& what) {
  return make_error(ErrorCode::validation, what);
}

Json to_json(const EventData& data) {
  Json object = Json::object();
  for (const auto& [name, value] : data) {
    std::visit([&key = name, &object](const auto& plain) { object[key] = plain; }, value);
  }
  return object;
}

std::optional<FieldValue> value_of(const Json& json) {
  if (json.is_string()) return FieldValue(json.get<std::string>());
  if (json.is_boolean()) return FieldValue(json.get<bool>());
  if (json.is_number_integer()) return FieldValue(json.get<std::int64_t>());
  const auto is_text = [](const Json& item) { return item.is_string(); };
  if (json.is_array() && std::all_of(json.begin(), json.end(), is_text)) {
    return FieldValue(json.get<std::vector<std::string>>());
  }
  return std::nullopt;
}

Result<EventData> data_of(const Json& object) {
  EventData data;
  for (const auto& [name, value] : object.items()) {
    std::optional<FieldValue> field = value_of(value);
    if (!field) return malformed("data field '" + name + "' is of a type that no event has");
    data.emplace(name, std::move(*field));
  }
  return data;
}

bool has_members(const Json& json) {
  return json.is_object() && json.size() == 5 && json.contains("seq") && json["seq"].is_number_integer() &&
         json.contains("prev") && json["prev"].is_string() && json.contains("at") && json["at"].is_string() &&
         json.contains("event") && json["event"].is_string() && json.contains("data") &&
         json["data"].is_object();
}

Result<Line> line_of(const Json& json) {
  if (!has_members(json)) return malformed("it is not an object of seq, prev, at, event and data");
  Line line{.seq = json["seq"].get<std::int64_t>(), .event = json["event"].get<std::string>()};
  const std::optional<Bytes> prev = parse_hex(json["prev"].get<std::string>());
  if (!prev || prev->size() != line.prev.size()) return malformed("prev is not a SHA-256 in hex");
  std::copy(prev->begin(), prev->end(), line.prev.begin());
  const std::optional<TimePoint> at = parse_rfc3339(json["at"].get<std::string>());
  if (!at) return malformed("at is not a UTC time such as 2026-11-22T04:36:00Z");
  line.at = *at;
  Result<EventData> data = data_of(json["data"]);
  if (!data) return std::move(data).error();
  line.data = std::move(*data);
  return line;
}

}  // namespace

Result<std::string> encode_line(const Line& line) {
  const Json json{{"seq", line.seq},
                  {"prev", to_hex(line.prev)},
                  {"at", to_rfc3339(line.at)},
                  {"event", line.event},
                  {"data", to_json(line.data)}};
  try {
    std::string text = json.dump() + "\n";
    if (text.size() <= transcript_line_limit) return text;
    return malformed("a line of the transcript has at most " + std::to_string(transcript_line_limit) +
                     " octets");
  } catch (const Json::exception&) {
    return malformed("a text for the transcript is not UTF-8");
  }
}

Result<Line> decode_line(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return malformed("it is not JSON");
  Result<Line> line = line_of(json);
  if (!line) return line;
  // Whatever a parser forgives (spaces, duplicate or unsorted keys, other spellings) ends here.
  const Result<std::string> canonical = encode_line(*line);
  if (!canonical) return canonical.error();
  if (std::string_view(*canonical).substr(0, canonical->size() - 1) != text) {
    return malformed("it is not in canonical form (sorted keys, no spaces)");
  }
  return line;
}

}  // namespace chancery::ceremony
