#include "api/http/json_reader.h"
#include "api/rest/answered.h"
#include "api/rest/field_limits.h"
#include "api/rest/handlers.h"
#include "api/rest/issue_request.h"
#include "api/rest/serial_parameter.h"

namespace chancery::rest {
// Siblings beside the renewals would escape the lineage, and might share a key with it.
Result<void> check_may_issue(const identity::Caller& caller) {
  if (caller.kind() == identity::CallerKind::token || caller.is_operator()) return {};
  const std::string& serial = caller.certificate()->certificate.serial;
  const std::string message = "a service's certificate only renews itself, at /v1/certificates/" + serial +
                              "/renewal; for another certificate ask an operator for an enrolment token";
  Error error = make_error(ErrorCode::forbidden, message);
  error.details.push_back({"caller.renewal_only", "", serial, message});
  return error;
}

Result<http::Response> issue_certificate(const Call& call) {
  if (auto ok = check_may_issue(call.caller); !ok) return ok.error();
  auto request = read_issue_request(call);
  if (!request) return request.error();
  metrics::Metrics::start_issue();
  const auto answered = call.context.authority.submit(*request);
  count_issue(call.context, request->details().profile, answered);
  if (!answered) return answered.error();
  return answer_with(call, *answered);
}

Result<http::Response> renew_certificate(const Call& call) {
  auto serial = serial_parameter(call);
  if (!serial) return serial.error();
  const store::CertificateRow& own = *call.caller.certificate();
  if (*serial != own.certificate.serial) {
    return make_error(ErrorCode::forbidden,
                      "a certificate renews itself only: the connection was made with " +
                          own.certificate.serial + ", the path names " + *serial);
  }
  auto reader = http::JsonReader::parse(call.request.body);
  if (!reader) return reader.error();
  const std::string pem = reader->required_string("csr", field_limits::csr_pem);
  if (auto ok = reader->finish(); !ok) return ok.error();
  auto csr = parse_csr(pem);
  if (!csr) return csr.error();
  metrics::Metrics::start_issue();
  const auto answered = call.context.authority.renew(
      call.caller.proof(), {std::move(*csr), idempotency_key(call.request), call.request.id});
  count_issue(call.context, own.certificate.profile, answered);
  if (!answered) return answered.error();
  return answer_with(call, *answered);
}

}  // namespace chancery::rest
