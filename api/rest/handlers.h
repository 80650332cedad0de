// The handlers of routes.cpp, one file for each subject.
#pragma once

#include "api/rest/context.h"

namespace chancery::rest {

Result<http::Response> health(const Call& call);   // health.cpp
Result<http::Response> metrics(const Call& call);  // ca.cpp
Result<http::Response> openapi(const Call& call);
Result<http::Response> roots(const Call& call);
Result<http::Response> chain(const Call& call);
Result<http::Response> create_enrollment(const Call& call);  // enrollments.cpp
Result<http::Response> list_enrollments(const Call& call);
Result<http::Response> withdraw_enrollment(const Call& call);
Result<http::Response> list_requests(const Call& call);  // requests.cpp
Result<http::Response> get_request(const Call& call);
Result<http::Response> approve_request(const Call& call);
Result<http::Response> reject_request(const Call& call);
Result<http::Response> cancel_request(const Call& call);
Result<http::Response> issue_certificate(const Call& call);  // issuance.cpp
Result<http::Response> renew_certificate(const Call& call);
Result<http::Response> explain_certificate(const Call& call);  // explain.cpp
Result<http::Response> revoke_certificate(const Call& call);   // revocation.cpp
Result<http::Response> list_certificates(const Call& call);    // inventory.cpp
Result<http::Response> get_certificate(const Call& call);
Result<http::Response> get_lineage(const Call& call);
Result<http::Response> expiry(const Call& call);
Result<http::Response> log_checkpoint(const Call& call);  // log.cpp
Result<http::Response> log_key(const Call& call);
Result<http::Response> log_tile(const Call& call);
Result<http::Response> log_entries(const Call& call);

}  // namespace chancery::rest
