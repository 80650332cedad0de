#include "api/rest/service.h"

#include <set>

#include "api/http/limits.h"
#include "api/http/problem.h"
#include "api/rest/query_reader.h"

namespace chancery::rest {
namespace {

std::vector<http::Router::Entry> entries() {
  std::vector<http::Router::Entry> list;
  for (const Route& route : routes()) list.push_back({route.method, route.pattern});
  return list;
}

Error too_long(std::string_view what, std::size_t limit) {
  return make_error(ErrorCode::validation,
                    std::string(what) + " is over " + std::to_string(limit) + " octets");
}

Error repeated(const std::string& name, const std::string& value) {
  Error error = make_error(ErrorCode::validation, "the query parameter " + name + " is given twice");
  error.details.push_back({"query.repeated", name, value, error.message});
  return error;
}

Result<void> check_query(const http::Request& request) {
  if (request.malformed) {
    return make_error(ErrorCode::validation, "the query is not properly percent-encoded");
  }
  if (request.query.size() > http::limits::query_parameters) {
    return make_error(ErrorCode::validation,
                      "more than " + std::to_string(http::limits::query_parameters) + " query parameters");
  }
  std::set<std::string_view> seen;
  for (const auto& [name, value] : request.query) {
    if (!seen.insert(name).second) return repeated(name, value);
    if (name.size() > http::limits::query_value_bytes || value.size() > http::limits::query_value_bytes) {
      return too_long("a query parameter", http::limits::query_value_bytes);
    }
  }
  return {};
}

Result<void> check_size(const http::Request& request) {
  using namespace http::limits;
  if (request.body.size() > body_bytes) {
    return make_error(ErrorCode::payload_too_large, "the body has " + std::to_string(request.body.size()) +
                                                        " octets; at most " + std::to_string(body_bytes) +
                                                        " are taken");
  }
  if (request.header("authorization").size() > authorization_bytes) {
    return too_long("the Authorization header", authorization_bytes);
  }
  if (request.header(client_certificate_header).size() > client_certificate_bytes) {
    return too_long("the forwarded client certificate", client_certificate_bytes);
  }
  return check_query(request);
}

// A page in a browser can make it send forms and plain text with the user's certificate, but not this type.
Result<void> check_type(const http::Request& request) {
  if (request.method != http::Method::post) return {};
  const std::string_view type = request.header("content-type");
  if (type.substr(0, type.find(';')) == http::json_type) return {};
  return make_error(ErrorCode::validation, "send the body as Content-Type: application/json");
}

Result<identity::Caller> authenticate(const http::Request& request,
                                      const identity::Authenticator& authenticator) {
  std::string pem;
  if (!http::percent_decode(request.header(client_certificate_header), pem)) {
    return make_error(ErrorCode::unauthorized, "the forwarded client certificate cannot be decoded");
  }
  return authenticator.authenticate(
      {.authorization = request.header("authorization"), .certificate_pem = pem});
}

Result<void> admit(Access access, const identity::Caller& caller) {
  using identity::CallerKind;
  if (access == Access::open) return {};
  if (caller.kind() == CallerKind::anonymous) {
    return make_error(ErrorCode::unauthorized,
                      access == Access::requester
                          ? "show a client certificate of this CA or an enrolment token"
                          : "show a client certificate of this CA");
  }
  if (access == Access::requester) return {};
  if (caller.kind() != CallerKind::certificate) {
    return make_error(ErrorCode::forbidden,
                      "an enrolment token can only ask for its certificate; this needs a client certificate");
  }
  if (access == Access::operator_ && !caller.is_operator()) {
    return make_error(ErrorCode::forbidden, "this is for operators; the certificate of " +
                                                caller.identity().text() +
                                                " has a profile that does not grant it");
  }
  return {};
}

bool is_our_fault(ErrorCode code) {
  return code == ErrorCode::internal || code == ErrorCode::unavailable;
}

}  // namespace

Service::Service(Context& context) : context_(context), router_(entries()) {}

http::Response Service::handle(const http::Request& request) const {
  const auto match = router_.match(request.method, request.path);
  if (!match.entry && !match.allow.empty()) return http::method_not_allowed(match.allow, request.id);
  if (!match.entry) {
    return http::problem(
        make_error(ErrorCode::not_found, "there is no such path; GET /openapi.json lists them"), request.id);
  }
  std::string caller_name;
  auto answered = answer(routes()[*match.entry], request, match.parameters, caller_name);
  if (!answered && is_our_fault(answered.error().code)) {
    context_.logger.failure("request.failed", "a request could not be served", answered.error(),
                            {{"request_id", request.id.text()}});
  }
  http::Response response = answered ? std::move(*answered) : http::problem(answered.error(), request.id);
  response.caller = std::move(caller_name);
  return response;
}

Result<http::Response> Service::answer(const Route& route, const http::Request& request,
                                       const std::vector<std::string>& parameters,
                                       std::string& caller_name) const {
  if (auto ok = check_size(request); !ok) return ok.error();
  if (auto ok = check_type(request); !ok) return ok.error();
  identity::Caller caller;
  if (route.access != Access::open) {
    auto established = authenticate(request, context_.authenticator);
    if (!established) return established.error();
    caller = std::move(*established);
    caller_name = caller.identity().text();
  }
  if (auto ok = admit(route.access, caller); !ok) return ok.error();
  // What a change is about stands in its path and body: `?scope=lineage` would be overlooked.
  if (request.method == http::Method::post) {
    if (auto ok = read_query(request, {}); !ok) return ok.error();
  }
  return route.handler({request, caller, parameters, context_});
}

}  // namespace chancery::rest
