// The envelope of every JSON answer, and the one place where an ErrorCode meets HTTP:
// {"version","success","code","message","request_id","data","error":{"type","details"},"meta"}
// (docs/reference/rest.md).
#pragma once

#include <string>
#include <string_view>

#include "api/http/response.h"
#include "ca/base/error.h"
#include "ca/base/ids.h"

namespace chancery::http {

int status_of(ErrorCode code);
std::string_view type_of(ErrorCode code);  // "ValidationError"

// The error's message and details; never its `internal`. Adds Retry-After to 429 and 503, WWW-Authenticate to
// 401. `data` is a JSON text; "" is null.
Response problem(const Error& error, const RequestId& id, std::string_view data = {});

// 405 with Allow, e.g. "GET, HEAD".
Response method_not_allowed(std::string_view allow, const RequestId& id);

// `data` and `meta` are JSON texts; "" is null.
Response success(int status, std::string_view message, const RequestId& id, std::string_view data,
                 std::string_view meta = {});

// A JSON string literal with its quotes. Octets that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace chancery::http
