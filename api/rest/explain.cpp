#include <nlohmann/json.hpp>

#include "api/decision/decision_json.h"
#include "api/http/problem.h"
#include "api/rest/handlers.h"
#include "api/rest/issue_request.h"

namespace chancery::rest {
namespace {

using nlohmann::json;

json error_json(const std::optional<Error>& error) {
  if (!error) return nullptr;
  return {{"type", http::type_of(error->code)},
          {"message", error->message},
          {"details", decision::details_json(*error)}};
}

json warning_json(const Finding& finding) {
  return {{"rule", finding.id},
          {"citation", finding.citation},
          {"quote", finding.quote},
          {"message", finding.message},
          {"advice", finding.advice}};
}

// What the same request got before.
json earlier_json(const std::optional<authority::Answered>& earlier) {
  if (!earlier) return nullptr;
  if (const auto* recorded = std::get_if<authority::RecordedCertificate>(&*earlier))
    return {{"kind", "certificate"}, {"serial", recorded->record().serial}};
  return {{"kind", "request"}, {"id", std::get<store::ApprovalRequest>(*earlier).id}};
}

}  // namespace

Result<http::Response> explain_certificate(const Call& call) {
  // A service's certificate only renews itself, so that is what is explained to it.
  const auto request = read_issue_request(call);
  if (!request) return request.error();
  const authority::Explanation explanation = call.context.authority.explain(*request);
  json data = decision::decision_json(explanation.decision, explanation.profile.get());
  data["allowed"] = !explanation.error;
  data["earlier"] = earlier_json(explanation.earlier);
  data["error"] = error_json(explanation.error);
  data["warnings"] = json::array();
  data["approvals"] = explanation.approvals;
  for (const Finding& finding : explanation.warnings.list())
    data["warnings"].push_back(warning_json(finding));
  return http::success(200, "nothing was issued or consumed", call.request.id,
                       data.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace chancery::rest
