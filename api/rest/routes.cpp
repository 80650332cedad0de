#include "api/rest/routes.h"

#include "api/rest/handlers.h"

namespace chancery::rest {

using http::Method;

const std::vector<Route>& routes() {
  static const std::vector<Route> list{
      {Method::get, "/health", Access::open, health, 200, {}},
      {Method::get, "/metrics", Access::open, metrics, 200, {}},
      {Method::get, "/openapi.json", Access::open, openapi, 200, {}},
      {Method::get, "/v1/ca/roots", Access::open, roots, 200, {}},
      {Method::get, "/v1/ca/chain", Access::open, chain, 200, {}},
      {Method::post, "/v1/enrollments", Access::operator_, create_enrollment, 201, {403, 404, 409}},
      {Method::get, "/v1/enrollments", Access::operator_, list_enrollments, 200, {403}},
      {Method::post,
       "/v1/enrollments/{id}/withdrawal",
       Access::operator_,
       withdraw_enrollment,
       200,
       {403, 404, 409}},
      {Method::post,
       "/v1/certificates",
       Access::requester,
       issue_certificate,
       201,
       {202, 403, 404, 409, 429}},
      {Method::get, "/v1/certificates", Access::operator_, list_certificates, 200, {403}},
      {Method::post, "/v1/certificates/explain", Access::requester, explain_certificate, 200, {403}},
      {Method::get, "/v1/certificates/{serial}", Access::certificate, get_certificate, 200, {403, 404}},
      {Method::get, "/v1/certificates/{serial}/lineage", Access::certificate, get_lineage, 200, {403, 404}},
      {Method::post,
       "/v1/certificates/{serial}/renewal",
       Access::certificate,
       renew_certificate,
       201,
       {202, 403, 404, 409, 429}},
      {Method::post,
       "/v1/certificates/{serial}/revocation",
       Access::certificate,
       revoke_certificate,
       200,
       {403, 404, 409}},
      {Method::get, "/v1/requests", Access::operator_, list_requests, 200, {403}},
      {Method::get, "/v1/requests/{id}", Access::requester, get_request, 200, {404}},
      {Method::post,
       "/v1/requests/{id}/approval",
       Access::operator_,
       approve_request,
       200,
       {403, 404, 409, 429}},
      {Method::post, "/v1/requests/{id}/rejection", Access::operator_, reject_request, 200, {403, 404, 409}},
      {Method::post,
       "/v1/requests/{id}/cancellation",
       Access::requester,
       cancel_request,
       200,
       {403, 404, 409}},
      {Method::get, "/v1/expiry", Access::operator_, expiry, 200, {403}},
      {Method::get, "/v1/log/key", Access::open, log_key, 200, {}},
      {Method::get, "/v1/log/checkpoint", Access::certificate, log_checkpoint, 200, {403}},
      {Method::get, "/v1/log/tile/{level}/{number...}", Access::certificate, log_tile, 200, {403, 404}},
      // Entries name everybody's certificates, as a listing does.
      {Method::get, "/v1/log/tile/entries/{number...}", Access::operator_, log_entries, 200, {403, 404}},
  };
  return list;
}

const std::vector<int>& common_errors() {
  static const std::vector<int> list{400, 401, 413, 500, 503};
  return list;
}

}  // namespace chancery::rest
