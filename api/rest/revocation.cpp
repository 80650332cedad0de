#include <nlohmann/json.hpp>

#include "api/http/json_reader.h"
#include "api/http/problem.h"
#include "api/rest/certificate_json.h"
#include "api/rest/field_limits.h"
#include "api/rest/handlers.h"
#include "api/rest/serial_parameter.h"

namespace chancery::rest {
namespace {

// Operators may revoke anything the CA has ever had in hand, unrecorded serials included; others their own
// certificates.
Result<void> check_may_revoke(const Call& call, const std::string& serial) {
  if (call.caller.is_operator()) return {};
  auto row = call.context.store.find_certificate(serial);
  if (!row) return row.error();
  if (*row && call.caller.owns((*row)->certificate)) return {};
  return make_error(ErrorCode::forbidden,
                    call.caller.identity().text() + " may revoke its own certificates only, not " + serial);
}

struct Body {
  int reason = 0;
  bool lineage = false;
};

Result<Body> read_body(const std::string& text) {
  auto reader = http::JsonReader::parse(text);
  if (!reader) return reader.error();
  const std::string name = reader->optional_string("reason", field_limits::reason).value_or("unspecified");
  const auto reason = parse_reason(name);
  if (!reason) {
    reader->reject(
        "revocation.reason", "/reason", name,
        "/reason must be an RFC 5280 reason such as keyCompromise, superseded or cessationOfOperation");
  }
  const std::string scope = reader->optional_string("scope", field_limits::scope).value_or("certificate");
  if (scope != "certificate" && scope != "lineage") {
    reader->reject("revocation.scope", "/scope", scope,
                   "/scope must be certificate, or lineage for all that was renewed from it too");
  }
  if (auto ok = reader->finish(); !ok) return ok.error();
  return Body{*reason, scope == "lineage"};
}

nlohmann::json to_json(const store::StatusRecord& record, const authority::Revoked& revoked) {
  using nlohmann::json;
  return {{"serial", record.serial},
          {"status", to_string(record.status)},
          {"revoked_at", record.revoked_at ? json(to_rfc3339(*record.revoked_at)) : json(nullptr)},
          {"reason", reason_name(record.reason)},
          {"serials", revoked.serials},
          {"descendants", revoked.descendants}};
}

std::string message_of(const authority::Revoked& revoked) {
  if (revoked.serials.size() > 1) return std::to_string(revoked.serials.size()) + " certificates revoked";
  if (revoked.descendants.empty()) return "certificate revoked";
  return "certificate revoked; what was renewed from it is valid still: revoke with scope lineage to end "
         "that "
         "too";
}

}  // namespace

Result<http::Response> revoke_certificate(const Call& call) {
  auto serial = serial_parameter(call);
  if (!serial) return serial.error();
  auto body = read_body(call.request.body);
  if (!body) return body.error();
  if (auto ok = check_may_revoke(call, *serial); !ok) return ok.error();
  authority::Authority& authority = call.context.authority;
  const Identity actor = call.caller.identity();
  const auto revoked = body->lineage ? authority.revoke_lineage(*serial, body->reason, actor, call.request.id)
                                     : authority.revoke(*serial, body->reason, actor, call.request.id);
  if (!revoked) return revoked.error();
  auto status = call.context.store.find_status(*serial);
  if (!status) return status.error();
  const store::StatusRecord record = status->value_or(store::StatusRecord{.serial = *serial});
  return http::success(200, message_of(*revoked), call.request.id, to_json(record, *revoked).dump());
}

}  // namespace chancery::rest
