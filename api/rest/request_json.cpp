#include "api/rest/request_json.h"

#include <nlohmann/json.hpp>

#include "ca/base/bytes.h"

namespace chancery::rest {
namespace {

using nlohmann::json;

json or_null(const std::string& text) {
  return text.empty() ? json(nullptr) : json(text);
}

json to_json(const store::ApprovalRequest& request) {
  json approvals = json::array();
  for (const store::Approval& approval : request.approvals) {
    approvals.push_back({{"approver", approval.approver.text()}, {"at", to_rfc3339(approval.at)}});
  }
  return {{"id", request.id},
          {"state", to_string(request.state)},
          {"identity", request.identity.text()},
          {"profile", request.profile.text()},
          {"names", request.names},
          {"requested_by", request.actor.text()},
          {"requested_with", request.token_hash ? "token" : "certificate"},
          {"renews", or_null(request.renews)},
          {"spki_sha256", to_hex(request.spki_hash)},
          {"required", request.required},
          {"approvals", std::move(approvals)},
          {"created_at", to_rfc3339(request.created_at)},
          {"expires_at", to_rfc3339(request.expires_at)},
          {"ended_at", request.ended_at ? json(to_rfc3339(*request.ended_at)) : json(nullptr)},
          {"ended_by", or_null(request.ended_by.text())},
          {"reason", or_null(request.reason)},
          {"serial", or_null(request.serial)},
          {"csr", to_pem("CERTIFICATE REQUEST", request.csr)}};
}

}  // namespace

void append_request(std::string& out, const store::ApprovalRequest& request,
                    std::string_view certificate_json) {
  out += to_json(request).dump(-1, ' ', false, json::error_handler_t::replace);
  out.back() = ',';
  out.append("\"certificate\":").append(certificate_json).append("}");
}

std::optional<store::RequestState> parse_request_state(std::string_view text) {
  using store::RequestState;
  for (const RequestState state :
       {RequestState::pending, RequestState::approved, RequestState::issued, RequestState::rejected,
        RequestState::refused, RequestState::expired, RequestState::cancelled}) {
    if (text == to_string(state)) return state;
  }
  return std::nullopt;
}

}  // namespace chancery::rest
