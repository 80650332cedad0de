// A whole request, after nginx. The first line is "METHOD CALLER PATH[?QUERY]", the rest is the body. CALLER
// is "operator", "service", "token", or anything else for nobody. Promises: the answer is one that its route
// declares, in the envelope; what is refused has changed nothing; nobody without a credential changes
// anything at all.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/http/problem.h"
#include "api/rest/openapi_document.h"
#include "tests/fuzz/support/service_in_memory.h"
#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

using http::Method;

// A service with its callers. Made anew when it has become large.
struct World {
  ServiceInMemory service;
  std::string as_operator = percent_encode(service.issue("alice", "operator", "alice.ops.test").to_pem());
  std::string as_service = percent_encode(service.issue("web-01", "service", "web.svc.test").to_pem());
};

std::string word(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  std::string first(text.substr(0, at));
  text.remove_prefix(std::min(at + 1, text.size()));
  return first;
}

Method method_of(const std::string& name) {
  for (const Method method :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::delete_}) {
    if (http::to_string(method) == name) return method;
  }
  return Method::other;
}

bool declared(const http::Request& request, int status) {
  std::vector<http::Router::Entry> entries;
  for (const rest::Route& route : rest::routes()) entries.push_back({route.method, route.pattern});
  const auto match = http::Router(entries).match(request.method, request.path);
  if (!match.entry) return status == (match.allow.empty() ? 404 : 405);
  const rest::Route& route = rest::routes()[*match.entry];
  const auto among = [&](const std::vector<int>& list) {
    return std::find(list.begin(), list.end(), status) != list.end();
  };
  // 500 and 503 are declared of every route; here nothing fails but by a fault of ours.
  return status == route.status || (status < 500 && (among(route.others) || among(rest::common_errors())));
}

void is_an_envelope(const http::Response& response) {
  if (response.content_type != http::json_type || response.body == rest::openapi_document()) return;
  const auto body = nlohmann::json::parse(response.body, nullptr, false);
  invariant(body.is_object(), "an answer is JSON");
  invariant(body["code"] == response.status && body["success"] == (response.status < 400) &&
                body["error"].is_null() == body["success"],
            "an answer is in the envelope");
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  static std::unique_ptr<fuzz::World> world;
  if (!world || world->service.audit_entries() > 60) world = std::make_unique<fuzz::World>();
  std::string_view text = as_text(fuzz::input(data, size));
  std::string line = fuzz::word(text, '\n');
  std::string_view rest = line;
  http::Request request;
  request.method = fuzz::method_of(fuzz::word(rest, ' '));
  const std::string caller = fuzz::word(rest, ' ');
  request.path = fuzz::word(rest, '?');
  http::read_query(rest, request);
  request.body = text;
  request.id = RequestId("fuzz");
  request.headers.emplace_back("content-type", "application/json");
  const bool token = caller == "token", nobody = !token && caller != "operator" && caller != "service";
  if (token) request.headers.emplace_back("authorization", "Bearer " + world->service.enroll());
  if (caller == "operator") request.headers.emplace_back(rest::client_certificate_header, world->as_operator);
  if (caller == "service") request.headers.emplace_back(rest::client_certificate_header, world->as_service);

  const std::size_t before = world->service.audit_entries();
  const http::Response response = world->service.handle(request);
  fuzz::invariant(fuzz::declared(request, response.status), "the route declares the answer's status");
  fuzz::is_an_envelope(response);
  const bool changed = world->service.audit_entries() != before;
  fuzz::invariant(!changed || response.status < 400, "what is refused has changed nothing");
  fuzz::invariant(!changed || !nobody, "nobody changes anything without a credential");
  if (caller != "operator") return 0;
  // The callers may have been revoked.
  if (request.path.ends_with("/revocation") && response.status < 400) world.reset();
  return 0;
}
