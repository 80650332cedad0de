#include "tests/unit/api/rest/rest_fixture.h"

#include "api/http/problem.h"
#include "ca/audit/entry.h"
#include "tests/support/log_key.h"
#include "tests/support/openapi.h"
#include "tests/support/profiles.h"
#include "tests/support/voucher.h"

namespace chancery::rest {
namespace {

using test::must;

std::string percent_encode(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += plain ? std::string(1, c) : "%" + to_hex(as_bytes(std::string_view(&c, 1)));
  }
  return out;
}

}  // namespace

std::vector<std::string> Answer::rules() const {
  std::vector<std::string> list;
  for (const json& detail : body["error"]["details"]) list.push_back(detail["rule"]);
  return list;
}

RestTest::RestTest(std::shared_ptr<const crypto::KeyBlocklist> blocked_keys)
    : store(std::make_unique<test::FailingStore>(store::make_memory_store(audit::log_hashing()))),
      log(must(audit::Log::open(*store, test::make_log_key(), clock))),
      metrics(std::make_unique<metrics::Metrics>(std::vector{ProfileName("service"), ProfileName("operator"),
                                                             ProfileName("front"), ProfileName("guarded")})) {
  auto issuer =
      must(issuance::Issuer::create(intermediate.certificate, intermediate.signer(), {.cross_check = true}));
  authority = std::make_unique<authority::Authority>(
      authority::AuthorityOptions{.profiles = test::caller_profiles(),
                                  .issuer = std::move(issuer),
                                  .blocked_keys = std::move(blocked_keys)},
      *store, clock, random, *metrics);
  authenticator = std::make_unique<identity::Authenticator>(*authority, *store, std::vector{root.certificate},
                                                            std::vector<x509::Certificate>(), clock);
  const std::string chain = intermediate.certificate.to_pem();
  context = std::make_unique<Context>(Context{.authority = *authority,
                                              .store = *store,
                                              .log = *log,
                                              .authenticator = *authenticator,
                                              .metrics = *metrics,
                                              .policies = policies,
                                              .clock = clock,
                                              .logger = *logger,
                                              .roots_pem = root.certificate.to_pem(),
                                              .chain_pem = chain,
                                              .chain_json = http::json_string(chain),
                                              .roots = {root.certificate}});
  service = std::make_unique<Service>(*context);
}

RestTest::~RestTest() = default;

Answer RestTest::send(http::Method method, const std::string& path_and_query, const std::string& body,
                      const Credentials& credentials,
                      const std::vector<std::pair<std::string, std::string>>& headers) {
  http::Request request;
  request.method = method;
  request.id = RequestId("request-1");
  request.body = body;
  const std::size_t question = path_and_query.find('?');
  request.path = path_and_query.substr(0, question);
  std::string rest = question == std::string::npos ? "" : path_and_query.substr(question + 1);
  while (!rest.empty()) {
    const std::string pair = rest.substr(0, rest.find('&'));
    rest = pair.size() == rest.size() ? "" : rest.substr(pair.size() + 1);
    request.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
  }
  if (method == http::Method::post) request.headers.emplace_back("content-type", "application/json");
  if (!credentials.token.empty())
    request.headers.emplace_back("authorization", "Bearer " + credentials.token);
  if (!credentials.certificate.empty()) {
    request.headers.emplace_back(client_certificate_header, percent_encode(credentials.certificate));
  }
  for (const auto& [name, value] : headers) {
    std::erase_if(request.headers, [&](const auto& header) { return header.first == name; });
    request.headers.emplace_back(name, value);
  }
  Answer answer;
  answer.response = service->handle(request);
  answer.status = answer.response.status;
  if (answer.response.content_type == http::json_type) answer.body = json::parse(answer.response.body);
  static const test::OpenApi document;
  EXPECT_EQ(document.fault(method, request.path, answer.response), "")
      << http::to_string(method) << " " << request.path << " " << answer.response.body;
  return answer;
}

Answer RestTest::get(const std::string& path, const Credentials& credentials) {
  return send(http::Method::get, path, "", credentials);
}

Answer RestTest::post(const std::string& path, const json& body, const Credentials& credentials,
                      const std::vector<std::pair<std::string, std::string>>& headers) {
  return send(http::Method::post, path, body.dump(), credentials, headers);
}

std::string RestTest::token(const std::string& identity, const std::string& profile,
                            const std::vector<std::string>& names, int uses, Seconds lifetime) {
  const auto enrollment = must(authority->enroll({.actor = Identity("alice"),
                                                  .identity = Identity(identity),
                                                  .profile = ProfileName(profile),
                                                  .names = test::dns_names(names),
                                                  .uses = uses,
                                                  .lifetime = lifetime,
                                                  .request_id = RequestId("enroll")}));
  return std::string(as_text(enrollment.token.reveal()));
}

std::string RestTest::certificate(const std::string& identity, const std::string& profile,
                                  const std::string& dns, const crypto::PrivateKey& key) {
  const auto recorded =
      must(authority->issue(test::Voucher::for_other(identity, profile, test::make_request(key, {dns}))));
  return to_pem("CERTIFICATE", recorded.record().der);
}

std::string RestTest::certificate(const std::string& identity, const std::string& profile,
                                  const std::string& dns) {
  return certificate(identity, profile, dns, test::make_key());
}

Credentials RestTest::as_operator(const std::string& identity) {
  return {.token = "", .certificate = certificate(identity, "operator", identity + ".ops.test")};
}

Credentials RestTest::as_service(const std::string& identity, const std::string& dns) {
  return {.token = "", .certificate = certificate(identity, "service", dns)};
}

std::string RestTest::csr(const crypto::PrivateKey& key, const std::string& dns) {
  return test::make_request_pem(key, {dns});
}

std::string RestTest::serial_of(const std::string& pem) {
  return must(x509::Certificate::parse_pem(pem)).serial().to_string();
}

std::size_t RestTest::audit_entries() {
  return must(store->read_audit(0, 1000)).size();
}

}  // namespace chancery::rest
