#include "api/rest/issue_request.h"

#include "api/http/json_reader.h"
#include "api/rest/field_limits.h"
#include "api/rest/service.h"

namespace chancery::rest {
namespace {

using identity::Caller;

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

Error missing(const std::string& pointer, const std::string& message) {
  Error error = make_error(ErrorCode::validation, "the body is not acceptable: " + pointer + " is missing");
  error.details.push_back({"json.missing", pointer, "", message});
  return error;
}

// A credential that is bound to a certificate may repeat what it is bound to.
Result<void> check_own(const Body& body, const ProfileName& profile, const Identity& identity) {
  if (body.identity && *body.identity != identity.text()) {
    return denied("caller.identity", "/identity", *body.identity,
                  "only operators may ask for another identity; the credential is of " + identity.text());
  }
  if (body.profile && *body.profile != profile.text()) {
    return denied("caller.profile", "/profile", *body.profile,
                  "the credential is for profile " + profile.text() + " only, not for " + *body.profile);
  }
  return {};
}

Result<void> check_operators(const Body& body, const Caller& caller) {
  if (!body.profile) return missing("/profile", "/profile is missing");
  // Left out by mistake, the certificate of a host would be recorded as the operator's own.
  if (!body.identity && *body.profile != caller.certificate()->certificate.profile.text()) {
    return missing("/identity",
                   "/identity is missing: whose certificate of profile " + *body.profile + " is it?");
  }
  return {};
}

Result<void> check_body(const Body& body, const Caller& caller) {
  if (caller.is_operator()) return check_operators(body, caller);
  return check_own(
      body, caller.token() != nullptr ? caller.token()->profile : caller.certificate()->certificate.profile,
      caller.identity());
}

}  // namespace

Result<authority::AuthenticatedRequest> read_issue_request(const Call& call) {
  auto body = read_body(call.request.body);
  if (!body) return body.error();
  if (auto ok = check_body(*body, call.caller); !ok) return ok.error();
  auto csr = parse_csr(body->csr);
  if (!csr) return csr.error();
  authority::Asked asked{std::move(*csr), idempotency_key(call.request), call.request.id};
  const authority::Authentication& proof = call.caller.proof();
  if (!proof.is_operator()) return proof.for_own(std::move(asked));
  return proof.for_other(body->identity ? Identity(*body->identity) : proof.identity(),
                         ProfileName(*body->profile), std::move(asked));
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
