#include <nlohmann/json.hpp>

#include "api/http/problem.h"
#include "api/rest/handlers.h"
#include "api/rest/issue_request.h"

namespace chancery::rest {
namespace {

using nlohmann::json;

json reason_json(const policy::Reason& reason) {
  return {{"passed", reason.passed},
          {"rule", reason.rule},
          {"location", reason.location},
          {"value", reason.value},
          {"message", reason.message}};
}

json error_json(const std::optional<Error>& error) {
  if (!error) return nullptr;
  json details = json::array();
  for (const ErrorDetail& detail : error->details) {
    details.push_back({{"rule", detail.rule},
                       {"location", detail.location},
                       {"value", detail.value},
                       {"message", detail.message}});
  }
  return {{"type", http::type_of(error->code)}, {"message", error->message}, {"details", std::move(details)}};
}

json warning_json(const Finding& finding) {
  return {{"rule", finding.id},
          {"citation", finding.citation},
          {"quote", finding.quote},
          {"message", finding.message},
          {"advice", finding.advice}};
}

}  // namespace

Result<http::Response> explain_certificate(const Call& call) {
  // A service's certificate only renews itself, so that is what is explained to it.
  const auto request = read_issue_request(call);
  if (!request) return request.error();
  const authority::Explanation explanation = call.context.authority.explain(*request);
  json data = {{"allowed", explanation.decision.allowed && !explanation.error},
               {"reasons", json::array()},
               {"names", json::array()},
               {"subject", explanation.decision.subject.to_string()},
               {"approvals", explanation.approvals},
               {"error", error_json(explanation.error)},
               {"warnings", json::array()}};
  for (const policy::Reason& reason : explanation.decision.reasons)
    data["reasons"].push_back(reason_json(reason));
  for (const x509::GeneralName& name : explanation.decision.names)
    data["names"].push_back(x509::to_string(name));
  for (const Finding& finding : explanation.warnings.list())
    data["warnings"].push_back(warning_json(finding));
  return http::success(200, "nothing was issued or consumed", call.request.id,
                       data.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace chancery::rest
