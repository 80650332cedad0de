#include "api/rest/answered.h"

#include "api/http/problem.h"
#include "api/rest/certificate_json.h"
#include "api/rest/request_json.h"

namespace chancery::rest {
namespace {

using authority::RecordedCertificate;

Result<http::Response> created(const Call& call, const RecordedCertificate& recorded) {
  const store::CertificateRow row{recorded.record(), {.serial = recorded.record().serial}};
  // What was issued before may lie far back.
  const auto proof = recorded.replayed() ? call.context.log.prove(row.certificate.serial)
                                         : call.context.log.prove_issued(row.certificate.serial);
  if (!proof) {
    return with_context(proof.error(),
                        "the certificate was issued, but its proof cannot be made; ask again with "
                        "the same Idempotency-Key");
  }
  std::string data;
  append_certificate(data, row, call.context.chain_json, *proof);
  http::Response response = http::success(
      201, recorded.replayed() ? "certificate issued before for this very request" : "certificate issued",
      call.request.id, data);
  response.headers.emplace_back("Location", "/v1/certificates/" + row.certificate.serial);
  return response;
}

http::Response accepted(const Call& call, const store::ApprovalRequest& request) {
  std::string data;
  append_request(data, request, "null");
  const int missing = missing_approvals(request);
  http::Response response = http::success(
      202,
      "the request waits for " + std::to_string(missing) + (missing == 1 ? " approval" : " approvals") +
          " until " + to_rfc3339(request.expires_at) + "; ask again in the same words",
      call.request.id, data);
  response.headers.emplace_back("Location", "/v1/requests/" + request.id);
  response.headers.emplace_back("Retry-After", approval_retry_after);
  return response;
}

}  // namespace

Result<http::Response> answer_with(const Call& call, const authority::Answered& answered) {
  if (const auto* recorded = std::get_if<RecordedCertificate>(&answered)) return created(call, *recorded);
  return accepted(call, std::get<store::ApprovalRequest>(answered));
}

void count_issue(Context& context, const ProfileName& profile, const Result<authority::Answered>& answered) {
  using metrics::IssueResult;
  IssueResult result = IssueResult::pending;
  if (!answered) {
    result = metrics::result_of(answered.error());
  } else if (const auto* recorded = std::get_if<RecordedCertificate>(&*answered)) {
    result = recorded->replayed() ? IssueResult::replayed : IssueResult::issued;
  }
  context.metrics.count(profile, result);
}

}  // namespace chancery::rest
