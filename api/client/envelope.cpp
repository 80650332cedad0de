// The REST envelope, read on the client's side.
#include <array>
#include <nlohmann/json.hpp>

#include "api/client/client.h"

namespace chancery::client {
namespace {

using nlohmann::json;

ErrorCode code_of(int status) {
  switch (status) {
    case 400:
    case 405:
      return ErrorCode::validation;
    case 401:
      return ErrorCode::unauthorized;
    case 403:
      return ErrorCode::forbidden;
    case 404:
      return ErrorCode::not_found;
    case 409:
      return ErrorCode::conflict;
    case 413:
      return ErrorCode::payload_too_large;
    case 429:
      return ErrorCode::rate_limited;
    case 500:
      return ErrorCode::internal;
    default:
      return ErrorCode::unavailable;
  }
}

std::string text_member(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<ErrorDetail> details_of(const json& envelope) {
  std::vector<ErrorDetail> details;
  const auto error = envelope.find("error");
  if (error == envelope.end() || !error->is_object()) return details;
  const auto list = error->find("details");
  if (list == error->end() || !list->is_array()) return details;
  for (const json& entry : *list) {
    if (!entry.is_object()) continue;
    details.push_back({text_member(entry, "rule"), text_member(entry, "location"),
                       text_member(entry, "value"), text_member(entry, "message")});
  }
  return details;
}

Error no_envelope(const Response& response) {
  return make_error(
      ErrorCode::unavailable,
      "the server answered HTTP " + std::to_string(response.status) +
          " without Chancery's JSON envelope; check that the address is the issuing service's and that it "
          "is running",
      response.body.substr(0, 400));
}

}  // namespace

Result<json> envelope_data(const Response& response) {
  // A deep document cannot exhaust the stack: nlohmann's parser keeps its own.
  json envelope = json::parse(response.body, nullptr, false);
  if (!envelope.is_object()) return no_envelope(response);
  const auto success = envelope.find("success");
  if (success == envelope.end() || !success->is_boolean()) return no_envelope(response);
  if (success->get<bool>() && response.status >= 200 && response.status < 300) {
    const auto data = envelope.find("data");
    return data == envelope.end() ? json(nullptr) : std::move(*data);
  }
  Error error;
  error.code = code_of(response.status);
  error.message = text_member(envelope, "message");
  if (error.message.empty())
    error.message =
        "the server refused with HTTP " + std::to_string(response.status) + " and no words; read its log";
  error.details = details_of(envelope);
  error.internal = "request " + text_member(envelope, "request_id");
  return error;
}

}  // namespace chancery::client
