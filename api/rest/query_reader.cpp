#include "api/rest/query_reader.h"

#include <charconv>

#include "api/http/limits.h"
#include "api/rest/field_limits.h"

namespace chancery::rest {

Result<void> read_query(const http::Request& request, const Parameters& parameters) {
  std::vector<ErrorDetail> faults;
  for (const auto& [name, value] : request.query) {
    const auto parameter = parameters.find(name);
    if (parameter == parameters.end()) {
      faults.push_back({"query.unknown", name, value, "unknown query parameter " + name});
    } else if (const std::string wanted = parameter->second(value); !wanted.empty()) {
      faults.push_back({"query.value", name, value, std::string(name).append(" must be ").append(wanted)});
    }
  }
  if (faults.empty()) return {};
  Error error = make_error(ErrorCode::validation, "the query is not acceptable: " + faults.front().message);
  error.details = std::move(faults);
  return error;
}

TakeParameter text_parameter(std::string& target, std::size_t longest) {
  return [&target, longest](const std::string& value) -> std::string {
    if (value.empty() || value.size() > longest) return "1 to " + std::to_string(longest) + " octets";
    target = value;
    return {};
  };
}

TakeParameter time_parameter(std::optional<TimePoint>& target) {
  return [&target](const std::string& value) -> std::string {
    target = parse_rfc3339(value);
    return target ? "" : "a UTC time such as 2026-11-22T04:36:00Z";
  };
}

Page::Page() : limit(http::limits::page_rows_default) {}

void Page::add_to(Parameters& parameters) {
  parameters["limit"] = [this](const std::string& value) -> std::string {
    const char* end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, limit);
    const bool number = error == std::errc() && rest == end;
    const bool fits = limit >= 1 && limit <= http::limits::page_rows;
    return number && fits ? "" : "1 to " + std::to_string(http::limits::page_rows);
  };
  parameters["cursor"] = [this](const std::string& value) -> std::string {
    cursor = value;
    const bool fits = !value.empty() && value.size() <= field_limits::cursor;
    return fits ? "" : "the next_cursor of an earlier answer";
  };
}

}  // namespace chancery::rest
