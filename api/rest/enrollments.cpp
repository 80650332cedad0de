#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/http/json_reader.h"
#include "api/http/problem.h"
#include "api/rest/field_limits.h"
#include "api/rest/handlers.h"
#include "api/rest/query_reader.h"
#include "ca/x509/general_name.h"

namespace chancery::rest {
namespace {

using nlohmann::json;

constexpr std::int64_t most_uses = 1000;

std::vector<x509::GeneralName> read_names(http::JsonReader& reader) {
  std::vector<x509::GeneralName> names;
  const auto texts = reader.required_strings("names", 1, field_limits::names, field_limits::name);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto name = x509::parse_general_name(texts[i]);
    if (name) {
      names.push_back(std::move(*name));
    } else {
      reader.reject("names.syntax", "/names/" + std::to_string(i), texts[i], name.error().message);
    }
  }
  return names;
}

Seconds read_lifetime(http::JsonReader& reader) {
  const std::string text = reader.optional_string("lifetime", field_limits::duration).value_or("1h");
  const auto lifetime = parse_duration(text);
  if (!lifetime)
    reader.reject("lifetime.syntax", "/lifetime", text, "/lifetime must be such as 15m, 1h or 7d");
  return lifetime.value_or(Seconds(3600));
}

Result<authority::EnrollmentRequest> read(const Call& call) {
  auto reader = http::JsonReader::parse(call.request.body);
  if (!reader) return reader.error();
  authority::EnrollmentRequest request;
  request.actor = call.caller.identity();
  request.identity = Identity(reader->required_string("identity", field_limits::identity));
  request.profile = ProfileName(reader->required_string("profile", field_limits::profile));
  request.names = read_names(*reader);
  request.uses = static_cast<int>(reader->optional_integer("uses", 1, 1, most_uses));
  request.lifetime = read_lifetime(*reader);
  request.request_id = call.request.id;
  if (auto ok = reader->finish(); !ok) return ok.error();
  return request;
}

// Without the text of the token, which nobody knows any more.
json to_json(const store::Token& token, TimePoint now) {
  const bool usable = !token.withdrawn_at && token.expires_at > now && token.used < token.uses;
  return {{"id", to_hex(token.hash)},
          {"identity", token.identity.text()},
          {"profile", token.profile.text()},
          {"names", token.names},
          {"uses", token.uses},
          {"used", token.used},
          {"reserved", token.reserved},
          {"usable", usable},
          {"created_at", to_rfc3339(token.created_at)},
          {"expires_at", to_rfc3339(token.expires_at)},
          {"created_by", token.created_by.text()},
          {"withdrawn_at", token.withdrawn_at ? json(to_rfc3339(*token.withdrawn_at)) : json(nullptr)},
          {"withdrawn_by", token.withdrawn_at ? json(token.withdrawn_by.text()) : json(nullptr)}};
}

Result<store::Digest> id_parameter(const Call& call) {
  const auto bytes = parse_hex(call.parameters.front());
  store::Digest hash{};
  if (!bytes || bytes->size() != hash.size()) {
    return make_error(ErrorCode::not_found, "there is no such enrolment; its id has 64 hexadecimal digits");
  }
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

}  // namespace

Result<http::Response> create_enrollment(const Call& call) {
  auto request = read(call);
  if (!request) return request.error();
  auto enrollment = call.context.authority.enroll(*request);
  if (!enrollment) return enrollment.error();
  const store::Token& record = enrollment->record;
  const json data = {{"id", to_hex(record.hash)},
                     {"token", as_text(enrollment->token.reveal())},
                     {"identity", record.identity.text()},
                     {"profile", record.profile.text()},
                     {"names", record.names},
                     {"uses", record.uses},
                     {"expires_at", to_rfc3339(record.expires_at)}};
  return http::success(201, "enrolment token created: it is shown this once", call.request.id, data.dump());
}

Result<http::Response> list_enrollments(const Call& call) {
  store::TokenFilter filter;
  const TimePoint now = call.context.clock.now();
  Page page;
  Parameters parameters{{"identity", text_parameter(filter.identity, field_limits::identity)},
                        {"profile", text_parameter(filter.profile, field_limits::profile)},
                        {"usable", [&](const std::string& value) -> std::string {
                           if (value == "true") filter.usable_at = now;
                           return value == "true" ? "" : "true";
                         }}};
  page.add_to(parameters);
  if (auto ok = read_query(call.request, parameters); !ok) return ok.error();
  auto found = call.context.store.list_tokens(filter, page.cursor, page.limit);
  if (!found) return found.error();
  json list = json::array();
  for (const store::Token& token : found->tokens) list.push_back(to_json(token, now));
  const std::string cursor = found->next_cursor.empty() ? "null" : http::json_string(found->next_cursor);
  return http::success(200, std::to_string(found->tokens.size()) + " enrolments", call.request.id,
                       json{{"enrollments", std::move(list)}}.dump(), "{\"next_cursor\":" + cursor + "}");
}

Result<http::Response> withdraw_enrollment(const Call& call) {
  auto hash = id_parameter(call);
  if (!hash) return hash.error();
  auto reader = http::JsonReader::parse(call.request.body);
  if (!reader) return reader.error();
  if (auto ok = reader->finish(); !ok) return ok.error();
  auto token = call.context.authority.withdraw(*hash, call.caller.identity(), call.request.id);
  if (!token) return token.error();
  return http::success(200, "enrolment token withdrawn", call.request.id,
                       to_json(*token, call.context.clock.now()).dump());
}

}  // namespace chancery::rest
