#include "api/http/json_reader.h"
#include "api/http/problem.h"
#include "api/rest/certificate_json.h"
#include "api/rest/field_limits.h"
#include "api/rest/handlers.h"
#include "api/rest/issue_request.h"
#include "api/rest/serial_parameter.h"

namespace chancery::rest {
namespace {

using authority::RecordedCertificate;

void count(Context& context, const ProfileName& profile, const Result<RecordedCertificate>& recorded) {
  using metrics::IssueResult;
  IssueResult result = IssueResult::issued;
  if (!recorded) {
    result = metrics::result_of(recorded.error());
  } else if (recorded->replayed()) {
    result = IssueResult::replayed;
  }
  context.metrics.count(profile, result);
}

// A replay may answer with a certificate that has been revoked meanwhile.
Result<store::CertificateRow> current_row(Context& context, const RecordedCertificate& recorded) {
  store::CertificateRow row{recorded.record(), {.serial = recorded.record().serial}};
  if (!recorded.replayed()) return row;
  auto status = context.store.find_status(row.certificate.serial);
  if (!status) return status.error();
  if (*status) row.status = **status;
  return row;
}

Result<http::Response> created(const Call& call, const RecordedCertificate& recorded) {
  auto row = current_row(call.context, recorded);
  if (!row) return row.error();
  const auto proof = call.context.log.prove(row->certificate.serial);
  if (!proof) {
    return with_context(proof.error(),
                        "the certificate was issued, but its proof cannot be made; ask again with "
                        "the same Idempotency-Key");
  }
  std::string data;
  append_certificate(data, *row, call.context.chain_json, *proof);
  http::Response response = http::success(
      201, recorded.replayed() ? "certificate issued before for this Idempotency-Key" : "certificate issued",
      call.request.id, data);
  response.headers.emplace_back("Location", "/v1/certificates/" + row->certificate.serial);
  return response;
}

}  // namespace

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
  const auto recorded = call.context.authority.issue(*request);
  count(call.context, request->details().profile, recorded);
  if (!recorded) return recorded.error();
  return created(call, *recorded);
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
  const auto recorded = call.context.authority.renew(
      call.caller.proof(), {std::move(*csr), idempotency_key(call.request), call.request.id});
  count(call.context, own.certificate.profile, recorded);
  if (!recorded) return recorded.error();
  return created(call, *recorded);
}

}  // namespace chancery::rest
