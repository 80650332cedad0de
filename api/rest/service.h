// The issuing service's REST API without a transport: limits, routing, access, handler, envelope.
#pragma once

#include "api/http/router.h"
#include "api/rest/context.h"
#include "api/rest/routes.h"

namespace chancery::rest {

// Thread-safe.
class Service {
 public:
  explicit Service(Context& context);

  // Any failure becomes an answer in the envelope. Exceptions of the code's own faults pass through: api/http
  // catches them.
  [[nodiscard]] http::Response handle(const http::Request& request) const;

 private:
  Result<http::Response> answer(const Route& route, const http::Request& request,
                                const std::vector<std::string>& parameters, std::string& caller_name) const;

  Context& context_;
  http::Router router_;
};

inline constexpr std::string_view client_certificate_header = "x-chancery-client-certificate";
inline constexpr std::string_view idempotency_key_header = "idempotency-key";

}  // namespace chancery::rest
