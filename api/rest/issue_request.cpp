#include "api/rest/issue_request.h"

#include "api/http/json_reader.h"
#include "api/rest/field_limits.h"
#include "api/rest/service.h"
#include "ca/x509/general_name.h"

namespace chancery::rest {
namespace {

using identity::Caller;
using identity::CallerKind;

struct Body {
  std::optional<std::string> profile, identity;
  std::string csr;
};

Result<Body> read_body(const std::string& text) {
  auto reader = http::JsonReader::parse(text);
  if (!reader) return reader.error();
  Body body{.profile = reader->optional_string("profile", field_limits::profile),
            .identity = reader->optional_string("identity", field_limits::identity),
            .csr = reader->required_string("csr", field_limits::csr_pem)};
  if (auto ok = reader->finish(); !ok) return ok.error();
  return body;
}

Error denied(std::string rule, std::string location, std::string value, std::string message) {
  Error error = make_error(ErrorCode::forbidden, message);
  error.details.push_back({std::move(rule), std::move(location), std::move(value), std::move(message)});
  return error;
}

Result<std::vector<x509::GeneralName>> parse_names(const std::vector<std::string>& texts) {
  std::vector<x509::GeneralName> names;
  names.reserve(texts.size());
  for (const std::string& text : texts) {
    auto name = x509::parse_general_name(text);
    if (!name) return make_error(ErrorCode::internal, "a recorded name cannot be read", name.error().message);
    names.push_back(std::move(*name));
  }
  return names;
}

Result<ProfileName> bound_profile(const Body& body, const ProfileName& own) {
  if (!body.profile || *body.profile == own.text()) return own;
  return denied("caller.profile", "/profile", *body.profile,
                "the credential is for profile " + own.text() + " only, not for " + *body.profile);
}

Result<void> check_own_identity(const Body& body, const Identity& own) {
  if (!body.identity || *body.identity == own.text()) return {};
  return denied("caller.identity", "/identity", *body.identity,
                "only operators may ask for another identity; the credential is of " + own.text());
}

struct Binding {
  policy::Requester requester;
  ProfileName profile;
};

Result<Binding> bind_operator(const Body& body, const Caller& caller) {
  if (!body.profile) {
    Error error = make_error(ErrorCode::validation, "the body is not acceptable: /profile is missing");
    error.details.push_back({"json.missing", "/profile", "", "/profile is missing"});
    return error;
  }
  // Left out by mistake, the certificate of a host would be recorded as the operator's own.
  if (!body.identity && *body.profile != caller.certificate->certificate.profile.text()) {
    Error error = make_error(ErrorCode::validation, "the body is not acceptable: /identity is missing");
    error.details.push_back(
        {"json.missing", "/identity", "",
         "/identity is missing: whose certificate of profile " + *body.profile + " is it?"});
    return error;
  }
  return Binding{{.identity = body.identity ? Identity(*body.identity) : caller.identity,
                  .role = caller.role,
                  .bound_names = std::nullopt},
                 ProfileName(*body.profile)};
}

Result<Binding> bind_to_own(const Body& body, const Caller& caller) {
  const bool by_token = caller.kind == CallerKind::token;
  const ProfileName& own = by_token ? caller.token->profile : caller.certificate->certificate.profile;
  if (auto ok = check_own_identity(body, caller.identity); !ok) return ok.error();
  auto profile = bound_profile(body, own);
  if (!profile) return profile.error();
  auto names = parse_names(by_token ? caller.token->names : caller.certificate->certificate.names);
  if (!names) return names.error();
  return Binding{{.identity = caller.identity, .role = policy::Role::none, .bound_names = std::move(*names)},
                 std::move(*profile)};
}

}  // namespace

Result<authority::IssueRequest> read_issue_request(const Call& call) {
  auto body = read_body(call.request.body);
  if (!body) return body.error();
  auto binding =
      call.caller.is_operator() ? bind_operator(*body, call.caller) : bind_to_own(*body, call.caller);
  if (!binding) return binding.error();
  auto csr = parse_csr(body->csr);
  if (!csr) return csr.error();
  std::optional<store::Digest> token;
  if (call.caller.token) token = call.caller.token->hash;
  return authority::IssueRequest{
      .requester = std::move(binding->requester),
      .actor = call.caller.identity,
      .authorised_by = call.caller.certificate ? call.caller.certificate->certificate.serial : std::string(),
      .profile = std::move(binding->profile),
      .csr = std::move(*csr),
      .token_hash = token,
      .idempotency_key = idempotency_key(call.request),
      .request_id = call.request.id,
      .renews = std::nullopt};
}

Result<x509::CertificateRequest> parse_csr(const std::string& pem) {
  auto csr = x509::CertificateRequest::parse_pem(pem);
  if (csr) return csr;
  Error error = with_context(csr.error(), "the certificate request is not acceptable");
  if (error.details.empty()) error.details.push_back({"csr", "/csr", "", csr.error().message});
  return error;
}

std::string idempotency_key(const http::Request& request) {
  return std::string(request.header(idempotency_key_header));
}

}  // namespace chancery::rest
