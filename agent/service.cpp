#include "agent/service.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/client/client.h"
#include "ca/x509/chain.h"

namespace chancery::agent {
namespace {

using nlohmann::json;

Error malformed(const std::string& what) {
  return make_error(ErrorCode::unavailable,
                    "the issuing service's answer cannot be used: " + what +
                        "; check that server.url is Chancery's, and no older than this agent");
}

std::string text_of(const json& data, const char* key) {
  if (!data.is_object()) return {};
  const auto found = data.find(key);
  return found != data.end() && found->is_string() ? found->get<std::string>() : std::string();
}

constexpr int accepted = 202;

Answer waits(const json& data, const client::Response& response) {
  const std::string id = text_of(data, "id");
  if (id.empty()) return {malformed("HTTP 202 without a request"), response.retry_after, response.date, {}};
  return {make_error(ErrorCode::unavailable, "request " + id + " waits for approval"), response.retry_after,
          response.date, Waiting{id, parse_rfc3339(text_of(data, "expires_at"))}};
}

Result<Issued> read_issued(const json& data) {
  const auto text = [&](const char* key) { return text_of(data, key); };
  if (!data.is_object()) return malformed("no data");
  Result<x509::Certificate> leaf = x509::Certificate::parse_pem(text("certificate"));
  if (!leaf) return malformed("certificate: " + leaf.error().message);
  Result<std::vector<x509::Certificate>> chain = x509::parse_pem_chain(text("chain"));
  if (!chain) return malformed("chain: " + chain.error().message);
  return Issued{Version{*leaf, *chain}, parse_rfc3339(text("renew_after"))};
}

Answer ask(client::Options options, const client::Request& request) {
  Result<client::Client> client = client::Client::create(std::move(options));
  if (!client) return {client.error(), {}, {}};
  Result<client::Response> response = client->send(request);
  if (!response) return {response.error(), {}, {}};
  Result<json> data = client::envelope_data(*response);
  if (data && response->status == accepted) return waits(*data, *response);
  return {
      data ? read_issued(*data) : Result<Issued>(data.error()), response->retry_after, response->date, {}};
}

client::Request post(std::string path, const json& body, const std::string& idempotency_key) {
  client::Request request;
  request.method = "POST";
  request.path = std::move(path);
  request.body = body.dump();
  request.idempotency_key = idempotency_key;
  return request;
}

x509::KeyPurpose purpose_of(const x509::Certificate& leaf) {
  const auto& purposes = leaf.fields().extensions.extended_key_usage;
  return purposes.empty() ? x509::KeyPurpose::any : purposes.front();
}

}  // namespace

Answer RestIssuingService::enrol(const EnrolRequest& request) {
  client::Options options;
  options.url = url_;
  options.ca_file = roots_file_;
  client::Request call = post("/v1/certificates", {{"profile", request.profile.text()}, {"csr", request.csr}},
                              request.idempotency_key);
  call.bearer_token = as_text(request.token.reveal());
  Answer answer = ask(std::move(options), call);
  explicit_bzero(call.bearer_token.data(), call.bearer_token.size());
  return answer;
}

Answer RestIssuingService::renew(const RenewRequest& request) {
  client::Options options;
  options.url = url_;
  options.ca_file = roots_file_;
  options.certificate_file = request.certificate_file;
  options.key_file = request.key_file;
  return ask(std::move(options), post("/v1/certificates/" + request.serial + "/renewal",
                                      {{"csr", request.csr}}, request.idempotency_key));
}

Result<void> check_issued(const Version& version, const crypto::PublicKey& key,
                          const std::vector<x509::GeneralName>& names,
                          const std::vector<x509::Certificate>& roots, TimePoint now) {
  const auto refuse = [&](const std::string& why) {
    return make_error(ErrorCode::validation, "the certificate " + version.serial() +
                                                 " that the service sent is refused: " + why +
                                                 "; nothing was installed, ask the service's operator");
  };
  if (!same_key(key, version.leaf)) return refuse("it is for another key than the one requested");
  std::vector<x509::GeneralName> wanted = names;
  std::vector<x509::GeneralName> sent = version.leaf.fields().extensions.subject_alternative_names;
  std::sort(wanted.begin(), wanted.end());
  std::sort(sent.begin(), sent.end());
  if (wanted != sent) return refuse("its names are not the requested ones");
  Result<void> chain =
      x509::verify_chain(version.leaf, version.intermediates, roots, now, purpose_of(version.leaf));
  if (!chain) return refuse(chain.error().message + "; check the roots file and this machine's clock");
  return {};
}

}  // namespace chancery::agent
