#include "api/rest/list_query.h"

#include <charconv>
#include <functional>
#include <map>
#include <string_view>

#include "api/http/limits.h"
#include "api/rest/certificate_json.h"
#include "api/rest/field_limits.h"

namespace chancery::rest {
namespace {

// "" when the value was taken, else what it must be.
using Taker = std::function<std::string(ListQuery&, const std::string&)>;

Taker text(std::string store::CertificateFilter::*member, std::size_t longest) {
  return [=](ListQuery& query, const std::string& value) -> std::string {
    if (value.empty() || value.size() > longest) return "1 to " + std::to_string(longest) + " octets";
    query.filter.*member = value;
    return {};
  };
}

Taker time(std::optional<TimePoint> store::CertificateFilter::*member) {
  return [=](ListQuery& query, const std::string& value) -> std::string {
    query.filter.*member = parse_rfc3339(value);
    return query.filter.*member ? "" : "a UTC time such as 2026-11-22T04:36:00Z";
  };
}

std::string take_status(ListQuery& query, const std::string& value) {
  query.filter.status = parse_status(value);
  return query.filter.status ? "" : "valid, revoked or unrecorded";
}

std::string take_limit(ListQuery& query, const std::string& value) {
  const char* end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, query.limit);
  const bool number = error == std::errc() && rest == end;
  const bool fits = query.limit >= 1 && query.limit <= http::limits::page_rows;
  return number && fits ? "" : "1 to " + std::to_string(http::limits::page_rows);
}

std::string take_cursor(ListQuery& query, const std::string& value) {
  query.cursor = value;
  const bool fits = !value.empty() && value.size() <= field_limits::cursor;
  return fits ? "" : "the next_cursor of an earlier answer";
}

const std::map<std::string, Taker, std::less<>>& takers() {
  using Filter = store::CertificateFilter;
  static const std::map<std::string, Taker, std::less<>> map{
      {"identity", text(&Filter::identity, field_limits::identity)},
      {"profile", text(&Filter::profile, field_limits::profile)},
      {"name", text(&Filter::name, field_limits::name)},
      {"status", take_status},
      {"expires_before", time(&Filter::expires_before)},
      {"expires_after", time(&Filter::expires_after)},
      {"limit", take_limit},
      {"cursor", take_cursor},
  };
  return map;
}

}  // namespace

Result<ListQuery> read_list_query(const http::Request& request) {
  ListQuery query{.filter = {}, .cursor = {}, .limit = http::limits::page_rows_default};
  std::vector<ErrorDetail> faults;
  for (const auto& [name, value] : request.query) {
    const auto taker = takers().find(name);
    if (taker == takers().end()) {
      faults.push_back({"query.unknown", name, value, "unknown query parameter " + name});
    } else if (const std::string wanted = taker->second(query, value); !wanted.empty()) {
      faults.push_back({"query.value", name, value, std::string(name).append(" must be ").append(wanted)});
    }
  }
  if (faults.empty()) return query;
  Error error = make_error(ErrorCode::validation, "the query is not acceptable: " + faults.front().message);
  error.details = std::move(faults);
  return error;
}

}  // namespace chancery::rest
