// The one error type of operations. Checks that can have several faults return Findings instead.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chancery {

// Closed: api/http maps each code to an HTTP status in one switch without default.
enum class ErrorCode {
  validation,         // the request itself is wrong; the same request will never succeed
  unauthorized,       // nobody, or not who they claim to be
  forbidden,          // known, but not allowed
  not_found,          //
  conflict,           // collides with the present state: token already used, key already used, port taken
  payload_too_large,  // over a documented limit
  rate_limited,       // may succeed later; carries Retry-After
  unavailable,        // disk full, database locked or read-only, key not open; nothing was changed
  internal,           // a fault of ours; detail is in the log under the request id
};

std::string_view to_string(ErrorCode code);

// Names one thing that is wrong: which rule said so, where that rule stands (file:line:column), and the
// value.
struct ErrorDetail {
  std::string rule;
  std::string location;
  std::string value;
  std::string message;
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;               // shown to the caller: what is wrong and what to do next; never a secret
  std::vector<ErrorDetail> details;  // shown to the caller
  std::string internal;              // for the log only: library error queues, paths, SQL messages
};

Error make_error(ErrorCode code, std::string message, std::string internal = {});

// The same error with `context + ": "` in front of its message.
Error with_context(Error error, std::string_view context);

}  // namespace chancery
