#include "api/rest/handlers.h"
#include "api/rest/openapi_document.h"

namespace chancery::rest {
namespace {

http::Response text(std::string_view type, std::string body) {
  http::Response response;
  response.content_type = type;
  response.body = std::move(body);
  return response;
}

}  // namespace

Result<http::Response> metrics(const Call& call) {
  Context& context = call.context;
  auto exposition =
      context.metrics.expose(context.store, context.log, *context.authority.issuer(), context.clock.now());
  if (!exposition) return exposition.error();
  return text(metrics::exposition_type, std::move(*exposition));
}

Result<http::Response> openapi(const Call&) {
  return text(http::json_type, std::string(openapi_document()));
}

Result<http::Response> roots(const Call& call) {
  return text(http::pem_type, call.context.roots_pem);
}

Result<http::Response> chain(const Call& call) {
  return text(http::pem_type, call.context.chain_pem);
}

}  // namespace chancery::rest
