// An HTTP request as handlers see it: no transport types, so that a test can write one down.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ca/base/ids.h"

namespace chancery::http {

enum class Method { get, head, post, put, patch, delete_, options, other };

std::string_view to_string(Method method);  // "GET"; "OTHER" for methods that no route has

struct Request {
  Method method = Method::get;
  std::string path;                                          // as sent: percent-encoded, without the query
  std::vector<std::pair<std::string, std::string>> query;    // decoded, in order, repeated ones too
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  RequestId id;
  bool malformed = false;  // path or query is not properly percent-encoded

  // "" when absent. `name` in lower case.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

// The front passes the query on in this header, as it was sent. Pistache keeps one of a repeated parameter.
inline constexpr std::string_view query_header = "x-chancery-query";

// "limit=2&cursor=abc", as behind the "?", into `request.query`; sets `malformed`. Empty parts are skipped.
void read_query(std::string_view text, Request& request);

// RFC 3986 2.1. False for a stray '%', a NUL, or a control character; `out` is then unspecified.
bool percent_decode(std::string_view text, std::string& out);

// What X-Request-Id may be: 1..64 of [0-9a-zA-Z-].
bool acceptable_request_id(std::string_view text);

}  // namespace chancery::http
