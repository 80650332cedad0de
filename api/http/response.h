// An HTTP response before it meets a transport.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chancery::http {

inline constexpr std::string_view json_type = "application/json";
inline constexpr std::string_view pem_type = "application/x-pem-file";

struct Response {
  int status = 200;
  std::string content_type{json_type};
  std::string body;
  std::vector<std::pair<std::string, std::string>>
      headers;         // beside Content-Type, Content-Length, Connection, X-Request-Id
  std::string caller;  // identity, for the access log only
};

}  // namespace chancery::http
