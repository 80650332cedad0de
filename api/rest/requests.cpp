// Requests that wait for approval: look, decide, take back.
#include <algorithm>

#include "api/http/json_reader.h"
#include "api/http/problem.h"
#include "api/rest/answered.h"
#include "api/rest/certificate_json.h"
#include "api/rest/field_limits.h"
#include "api/rest/handlers.h"
#include "api/rest/query_reader.h"
#include "api/rest/request_json.h"

namespace chancery::rest {
namespace {

constexpr std::size_t id_digits = 32;

Result<std::string> id_parameter(const Call& call) {
  const std::string& id = call.parameters.front();
  const bool digits = std::all_of(id.begin(), id.end(),
                                  [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (digits && id.size() == id_digits) return id;
  return make_error(ErrorCode::not_found,
                    "there is no such request; its id has 32 lower-case hexadecimal digits");
}

// With its certificate, once there is one.
Result<http::Response> shown(const Call& call, const store::ApprovalRequest& request,
                             std::string_view message) {
  std::string certificate = "null";
  if (!request.serial.empty()) {
    auto row = call.context.store.find_certificate(request.serial);
    if (!row) return row.error();
    certificate.clear();
    const auto proof = call.context.log.prove(request.serial);
    if (!proof) return proof.error();
    if (*row) append_certificate(certificate, **row, call.context.chain_json, *proof);
  }
  std::string data;
  append_request(data, request, certificate);
  http::Response response = http::success(200, message, call.request.id, data);
  if (is_open(request.state)) response.headers.emplace_back("Retry-After", approval_retry_after);
  return response;
}

// Whether an approval had the certificate issued, or ended in the attempt. An approval that is itself refused
// leaves the request as it was.
bool was_tried(store::RequestState before, store::RequestState after) {
  using store::RequestState;
  if (before == RequestState::approved) return true;
  return before == RequestState::pending &&
         (after == RequestState::issued || after == RequestState::approved || after == RequestState::refused);
}

// A request that a fault has left approved takes no more approvals: whoever comes by only has it issued.
std::string_view approval_message(const store::ApprovalRequest& request, const Identity& approver) {
  const bool counted =
      std::any_of(request.approvals.begin(), request.approvals.end(),
                  [&](const store::Approval& approval) { return approval.approver == approver; });
  if (!counted) return "it had its approvals before; the certificate is issued";
  return request.state == store::RequestState::issued ? "approved; the certificate is issued"
                                                      : "approved; it waits for another approval";
}

Result<void> check_empty_body(const Call& call) {
  auto reader = http::JsonReader::parse(call.request.body);
  if (!reader) return reader.error();
  return reader->finish();
}

}  // namespace

Result<http::Response> list_requests(const Call& call) {
  store::RequestFilter filter;
  Page page;
  Parameters parameters{{"identity", text_parameter(filter.identity, field_limits::identity)},
                        {"state", [&filter](const std::string& value) -> std::string {
                           filter.state = parse_request_state(value);
                           return filter.state ? ""
                                               : "pending, approved, issued, rejected, refused, expired or "
                                                 "cancelled";
                         }}};
  page.add_to(parameters);
  if (auto ok = read_query(call.request, parameters); !ok) return ok.error();
  auto found = call.context.authority.list_requests(filter, page.cursor, page.limit);
  if (!found) return found.error();
  std::string data = "{\"requests\":[";
  for (std::size_t i = 0; i < found->requests.size(); ++i) {
    if (i > 0) data += ',';
    append_request(data, found->requests[i], "null");
  }
  data += "]}";
  const std::string cursor = found->next_cursor.empty() ? "null" : http::json_string(found->next_cursor);
  return http::success(200, std::to_string(found->requests.size()) + " requests", call.request.id, data,
                       "{\"next_cursor\":" + cursor + "}");
}

Result<http::Response> get_request(const Call& call) {
  auto id = id_parameter(call);
  if (!id) return id.error();
  auto request = call.context.authority.find_request(*id, call.caller.proof());
  if (!request) return request.error();
  return shown(call, *request, "the request is " + std::string(to_string(request->state)));
}

Result<http::Response> approve_request(const Call& call) {
  auto id = id_parameter(call);
  if (!id) return id.error();
  if (auto ok = check_empty_body(call); !ok) return ok.error();
  const auto before = call.context.authority.find_request(*id, call.caller.proof());
  if (!before) return before.error();
  metrics::Metrics::start_issue();
  auto answered = call.context.authority.approve_request(*id, call.caller.proof(), call.request.id);
  const auto request = call.context.authority.find_request(*id, call.caller.proof());
  if (request && was_tried(before->state, request->state))
    count_issue(call.context, before->profile, answered);
  if (!answered) return answered.error();
  if (!request) return request.error();
  return shown(call, *request, approval_message(*request, call.caller.identity()));
}

Result<http::Response> reject_request(const Call& call) {
  auto id = id_parameter(call);
  if (!id) return id.error();
  auto reader = http::JsonReader::parse(call.request.body);
  if (!reader) return reader.error();
  const std::string reason = reader->required_string("reason", field_limits::rejection);
  if (auto ok = reader->finish(); !ok) return ok.error();
  auto request = call.context.authority.reject_request(*id, call.caller.proof(), reason, call.request.id);
  if (!request) return request.error();
  return shown(call, *request, "the request is rejected");
}

Result<http::Response> cancel_request(const Call& call) {
  auto id = id_parameter(call);
  if (!id) return id.error();
  if (auto ok = check_empty_body(call); !ok) return ok.error();
  auto request = call.context.authority.cancel_request(*id, call.caller.proof(), call.request.id);
  if (!request) return request.error();
  return shown(call, *request, "the request is cancelled");
}

}  // namespace chancery::rest
