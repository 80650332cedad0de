#include "ca/base/error.h"

namespace chancery {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::validation:
      return "validation";
    case ErrorCode::unauthorized:
      return "unauthorized";
    case ErrorCode::forbidden:
      return "forbidden";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::payload_too_large:
      return "payload_too_large";
    case ErrorCode::rate_limited:
      return "rate_limited";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

Error make_error(ErrorCode code, std::string message, std::string internal) {
  return Error{code, std::move(message), {}, std::move(internal)};
}

Error with_context(Error error, std::string_view context) {
  error.message = std::string(context) + ": " + error.message;
  return error;
}

}  // namespace chancery
