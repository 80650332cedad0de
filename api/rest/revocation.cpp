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

Result<int> read_reason(const std::string& body) {
  auto reader = http::JsonReader::parse(body);
  if (!reader) return reader.error();
  const std::string name = reader->optional_string("reason", field_limits::reason).value_or("unspecified");
  const auto reason = parse_reason(name);
  if (!reason) {
    reader->reject(
        "revocation.reason", "/reason", name,
        "/reason must be an RFC 5280 reason such as keyCompromise, superseded or cessationOfOperation");
  }
  if (auto ok = reader->finish(); !ok) return ok.error();
  return *reason;
}

}  // namespace

Result<http::Response> revoke_certificate(const Call& call) {
  auto serial = serial_parameter(call);
  if (!serial) return serial.error();
  auto reason = read_reason(call.request.body);
  if (!reason) return reason.error();
  if (auto ok = check_may_revoke(call, *serial); !ok) return ok.error();
  if (auto ok = call.context.authority.revoke(*serial, *reason, call.caller.identity(), call.request.id);
      !ok) {
    return ok.error();
  }
  auto status = call.context.store.find_status(*serial);
  if (!status) return status.error();
  const store::StatusRecord record = status->value_or(store::StatusRecord{.serial = *serial});
  return http::success(200, "certificate revoked", call.request.id,
                       "{\"serial\":\"" + *serial + "\",\"status\":\"" +
                           std::string(to_string(record.status)) +
                           "\",\"revoked_at\":" + time_json(record.revoked_at) + ",\"reason\":\"" +
                           std::string(reason_name(record.reason)) + "\"}");
}

}  // namespace chancery::rest
