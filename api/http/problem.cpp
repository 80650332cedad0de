#include "api/http/problem.h"

#include <nlohmann/json.hpp>

#include "ca/base/retry_after.h"

namespace chancery::http {
namespace {

using nlohmann::json;

struct Mapping {
  int status;
  std::string_view type;
};

Mapping mapping_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::validation:
      return {400, "ValidationError"};
    case ErrorCode::unauthorized:
      return {401, "UnauthorizedError"};
    case ErrorCode::forbidden:
      return {403, "ForbiddenError"};
    case ErrorCode::not_found:
      return {404, "NotFoundError"};
    case ErrorCode::conflict:
      return {409, "ConflictError"};
    case ErrorCode::payload_too_large:
      return {413, "PayloadTooLargeError"};
    case ErrorCode::rate_limited:
      return {429, "RateLimited"};
    case ErrorCode::unavailable:
      return {503, "UnavailableError"};
    case ErrorCode::internal:
      return {500, "InternalError"};
  }
  return {500, "InternalError"};
}

// A second, where nothing is known of when.
std::string retry_after(const Error& error) {
  for (const ErrorDetail& detail : error.details) {
    if (detail.rule == retry_after_rule) return detail.value;
  }
  return "1";
}

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string error_json(std::string_view type, const std::vector<ErrorDetail>& details) {
  json list = json::array();
  for (const ErrorDetail& detail : details) {
    list.push_back({{"rule", detail.rule},
                    {"location", detail.location},
                    {"value", detail.value},
                    {"message", detail.message}});
  }
  return dump({{"type", type}, {"details", std::move(list)}});
}

// Written by hand around the parts, so that a large `data` is never parsed or copied into a document again.
Response envelope(bool ok, int status, std::string_view message, const RequestId& id, std::string_view data,
                  std::string_view error, std::string_view meta) {
  const auto or_null = [](std::string_view text) { return text.empty() ? std::string_view("null") : text; };
  Response response;
  response.status = status;
  std::string& body = response.body;
  body.reserve(data.size() + error.size() + message.size() + meta.size() + 192);
  body += ok ? R"({"version":"v1","success":true,"code":)" : R"({"version":"v1","success":false,"code":)";
  body += std::to_string(status);
  body += R"(,"message":)";
  body += json_string(message);
  body += R"(,"request_id":)";
  body += json_string(id.text());
  body += R"(,"data":)";
  body += or_null(data);
  body += R"(,"error":)";
  body += or_null(error);
  body += R"(,"meta":)";
  body += or_null(meta);
  body += '}';
  return response;
}

}  // namespace

int status_of(ErrorCode code) {
  return mapping_of(code).status;
}

std::string_view type_of(ErrorCode code) {
  return mapping_of(code).type;
}

Response problem(const Error& error, const RequestId& id, std::string_view data) {
  const Mapping mapping = mapping_of(error.code);
  const std::string details = error_json(mapping.type, error.details);
  Response response = envelope(false, mapping.status, error.message, id, data, details, {});
  if (error.code == ErrorCode::unauthorized) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (error.code == ErrorCode::rate_limited || error.code == ErrorCode::unavailable) {
    response.headers.emplace_back("Retry-After", retry_after(error));
  }
  return response;
}

Response method_not_allowed(std::string_view allow, const RequestId& id) {
  const std::string message = "this path does not take that method; it takes " + std::string(allow);
  Response response =
      envelope(false, 405, message, id, {}, error_json(type_of(ErrorCode::validation), {}), {});
  response.headers.emplace_back("Allow", allow);
  return response;
}

Response success(int status, std::string_view message, const RequestId& id, std::string_view data,
                 std::string_view meta) {
  return envelope(true, status, message, id, data, {}, meta);
}

std::string json_string(std::string_view text) {
  return dump(json(text));
}

}  // namespace chancery::http
