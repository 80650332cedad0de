#include <nlohmann/json.hpp>

#include "api/http/json_reader.h"
#include "api/http/problem.h"
#include "api/rest/field_limits.h"
#include "api/rest/handlers.h"
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

}  // namespace

Result<http::Response> create_enrollment(const Call& call) {
  auto request = read(call);
  if (!request) return request.error();
  auto enrollment = call.context.authority.enroll(*request);
  if (!enrollment) return enrollment.error();
  const store::Token& record = enrollment->record;
  const json data = {{"token", as_text(enrollment->token.reveal())},
                     {"identity", record.identity.text()},
                     {"profile", record.profile.text()},
                     {"names", record.names},
                     {"uses", record.uses},
                     {"expires_at", to_rfc3339(record.expires_at)}};
  return http::success(201, "enrolment token created: it is shown this once", call.request.id, data.dump());
}

}  // namespace chancery::rest
