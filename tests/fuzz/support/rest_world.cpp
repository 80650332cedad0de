#include "tests/fuzz/support/rest_world.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/rest/service.h"

namespace chancery::fuzz {
namespace {

using nlohmann::json;
using test::must;

constexpr const char* double_yaml = R"(name: double
lifetime: 90d
renew_after: 60d
keys: [{algorithm: P-256}]
names: {max: 1, dns: ["*.svc.test"]}
extended_key_usage: [serverAuth, clientAuth]
approvals: {required: 2, expires_after: 2h}
)";
constexpr const char* scarce_yaml = R"(name: scarce
lifetime: 90d
renew_after: 60d
keys: [{algorithm: P-256}]
names: {max: 1, dns: ["*.svc.test"]}
extended_key_usage: [serverAuth, clientAuth]
approvals: {required: 1, expires_after: 3h}
quotas: {per_identity: {count: )";

// With these names in the profiles that want one approval, and so many certificates by "scarce".
std::shared_ptr<const policy::ProfileSet> profiles(const std::string& instead, int scarce) {
  std::vector<std::shared_ptr<const policy::Profile>> list = test::caller_profiles()->all();
  std::erase_if(list, [](const auto& profile) { return profile->name == ProfileName("guarded"); });
  const auto with_names = [&](std::string yaml, const std::string& file) {
    const std::string pattern = "*.svc.test";
    list.push_back(
        must(policy::parse_profile(yaml.replace(yaml.find(pattern), pattern.size(), instead), file)));
  };
  with_names(test::guarded_yaml, "guarded.yaml");
  with_names(scarce_yaml + std::to_string(scarce) + ", window: 1h}}\n", "scarce.yaml");
  list.push_back(must(policy::parse_profile(double_yaml, "double.yaml")));
  return std::make_shared<const policy::ProfileSet>(std::move(list));
}

std::string in_json(const std::string& text) {
  const std::string quoted = json(text).dump();
  return quoted.substr(1, quoted.size() - 2);
}

std::string csr_for(const std::string& dns) {
  return in_json(test::make_request_pem(test::make_key(), {dns}));
}

}  // namespace

RestWorld::RestWorld() : service_(profiles("*.svc.test", 2)) {
  for (const char* name : {"alice", "bob", "carol"}) add_operator(name);
  words_ = {{"$csr", csr_for("web.svc.test")}, {"$foreign", csr_for("web.example")}};
  add_lineage();
  add_requests();
  beginning_ = static_cast<std::size_t>(must(service_.store().log_size()));
}

void RestWorld::add_operator(const std::string& name) {
  const auto certificate = service_.issue(name, "operator", name + ".ops.test");
  credentials_[name] = Header(rest::client_certificate_header, percent_encode(certificate.to_pem()));
}

void RestWorld::add_lineage() {
  const crypto::PrivateKey key = test::make_key();
  words_["$used"] = in_json(test::make_request_pem(key, {"web.svc.test"}));
  const auto issued =
      post("alice", "/v1/certificates", R"({"csr": "$used", "profile": "service", "identity": "web-01"})");
  words_["$first"] = member_of(issued, "serial");
  const auto own = [](const std::string& pem) {
    return Header(rest::client_certificate_header, percent_encode(pem));
  };
  credentials_["older"] = own(member_of(issued, "certificate"));
  words_["$next"] = csr_for("web.svc.test");
  const auto renewed = post("older", "/v1/certificates/$first/renewal", R"({"csr": "$next"})");
  words_["$renewed"] = member_of(renewed, "serial");
  credentials_["service"] = own(member_of(renewed, "certificate"));
  const auto other = service_.issue("db-01", "service", "db.svc.test");
  words_["$other"] = other.serial().to_string();
  credentials_["other"] = own(other.to_pem());
}

void RestWorld::add_requests() {
  const auto token = [this](const std::string& caller, const std::string& profile) {
    const authority::Enrollment made = service_.enroll("alice", profile);
    credentials_[caller] = Header("authorization", "Bearer " + std::string(as_text(made.token.reveal())));
    words_["$" + caller] = to_hex(made.record.hash);
  };
  for (const auto& [caller, profile] : std::map<std::string, std::string>{{"token", "service"},
                                                                          {"spent", "service"},
                                                                          {"asker", "guarded"},
                                                                          {"second", "double"},
                                                                          {"third", "guarded"}})
    token(caller, profile);
  const auto asked = [this](const std::string& caller, const std::string& more = "") {
    words_["$asked"] = csr_for("web.svc.test");
    return post(caller, "/v1/certificates", R"({"csr": "$asked")" + more + "}");
  };
  member_of(asked("spent"), "serial");
  words_["$double"] = member_of(asked("second"), "id");
  member_of(post("bob", "/v1/requests/$double/approval", "{}"), "id");
  words_["$rejected"] = member_of(asked("third"), "id");
  member_of(post("bob", "/v1/requests/$rejected/rejection", R"({"reason": "not ordered"})"), "id");
  const std::string scarce = R"(, "profile": "scarce", "identity": "web-01")";
  const std::string last = member_of(asked("alice", scarce), "id");
  words_["$scarce"] = member_of(asked("alice", scarce), "id");
  words_["$scarce-csr"] = words_["$asked"];
  member_of(post("bob", "/v1/requests/" + last + "/approval", "{}"), "serial");
  words_["$bobs"] = member_of(asked("bob", R"(, "profile": "guarded", "identity": "web-02")"), "id");
  words_["$waiting"] = member_of(asked("asker"), "id");
}

std::string RestWorld::member_of(const http::Response& response, const std::string& name) {
  const json body = json::parse(response.body);
  if (!body["success"].get<bool>()) throw std::runtime_error(body["message"].get<std::string>());
  return body["data"][name];
}

http::Response RestWorld::post(const std::string& caller, const std::string& path, const std::string& body) {
  http::Request request;
  request.method = http::Method::post;
  request.path = path;
  request.body = body;
  return send(caller, std::move(request));
}

http::Response RestWorld::send(const std::string& caller, http::Request request) {
  request.path = with_words(std::move(request.path));
  request.body = with_words(std::move(request.body));
  request.id = RequestId("fuzz");
  request.headers.emplace_back("content-type", "application/json");
  if (const auto found = credentials_.find(caller); found != credentials_.end())
    request.headers.push_back(found->second);
  return service_.handle(request);
}

// The longest word first, since one may be the beginning of another.
std::string RestWorld::with_words(std::string text) const {
  for (auto word = words_.rbegin(); word != words_.rend(); ++word) {
    for (std::size_t at = text.find(word->first); at != std::string::npos;
         at = text.find(word->first, at + word->second.size()))
      text.replace(at, word->first.size(), word->second);
  }
  return text;
}

void RestWorld::wait(Seconds time) {
  moved_ = true;
  service_.clock().advance(time);
}

void RestWorld::make_stricter() {
  moved_ = true;
  service_.authority().replace_profiles(profiles("*.new.test", 2));
}

void RestWorld::make_scarcer() {
  moved_ = true;
  service_.authority().replace_profiles(profiles("*.svc.test", 1));
}

store::ApprovalRequest RestWorld::kept_request(const std::string& id) {
  auto found = must(service_.store().find_request(id));
  if (!found) throw std::runtime_error("there is no request " + id);
  return std::move(*found);
}

}  // namespace chancery::fuzz
