#include <utility>

#include "ca/base/file.h"
#include "ca/ceremony/run/fields.h"
#include "ca/ceremony/run/steps.h"
#include "ca/x509/chain.h"

namespace chancery::ceremony {
namespace {

Result<x509::Certificate> read_issuer_certificate(const std::string& path) {
  Result<std::string> text = read_file(path, 2 * x509::certificate_limit);
  if (!text) return with_context(std::move(text).error(), "the issuer's certificate");
  Result<x509::Certificate> certificate = x509::Certificate::parse_pem(*text);
  if (!certificate) return with_context(std::move(certificate).error(), path);
  return certificate;
}

Result<void> check_is_root_in_force(const x509::Certificate& issuer, TimePoint now) {
  if (!equal(issuer.fields().issuer, issuer.fields().subject) || !x509::verify_issued_by(issuer, issuer)) {
    return make_error(ErrorCode::validation,
                      "the issuer " + issuer.subject_text() +
                          " is not a self-signed root; name the root's files under issuer");
  }
  const x509::Validity& validity = issuer.validity();
  if (now > validity.not_after()) {
    return make_error(ErrorCode::validation, "the issuer " + issuer.subject_text() + " expired at " +
                                                 to_rfc3339(validity.not_after()) +
                                                 "; make a new root first");
  }
  if (now < validity.not_before()) {
    return make_error(ErrorCode::validation, "the issuer " + issuer.subject_text() + " is not valid before " +
                                                 to_rfc3339(validity.not_before()) +
                                                 "; check this machine's clock");
  }
  return {};
}

Result<void> check_path_length(const x509::Certificate& issuer, unsigned wanted) {
  const auto& constraints = issuer.fields().extensions.basic_constraints;
  if (!constraints || !constraints->path_len || *constraints->path_len > wanted) return {};
  return make_error(ErrorCode::validation, "the issuer's pathLen " + std::to_string(*constraints->path_len) +
                                               " leaves no room for a CA of pathLen " +
                                               std::to_string(wanted) +
                                               " below it (RFC 5280 section 4.2.1.9)");
}

Result<void> check_may_sign(const Workbench& bench, const x509::Certificate& issuer) {
  const auto& plan = std::get<IntermediatePlan>(bench.script().plan);
  if (Result<void> ok = check_is_root_in_force(issuer, bench.now); !ok) return ok;
  if (Result<void> ok = check_path_length(issuer, plan.path_length); !ok) return ok;
  return check_within_issuer(validity_of(plan.validity, bench.now), issuer);
}

Result<void> record_use(Workbench& bench, const Authority& authority) {
  return bench.transcript.append(
      "key.used", {{"key", bench.issuer->certificate().subject_text()},
                   {"custody", std::string(custody_name(authority.custody))},
                   {"spki_sha256", to_hex(crypto::sha256(bench.issuer->public_key().spki()))}});
}

}  // namespace

Result<void> check_within_issuer(const x509::Validity& validity, const x509::Certificate& issuer) {
  const x509::Validity& outer = issuer.validity();
  if (validity.not_before() < outer.not_before()) {
    return make_error(ErrorCode::validation,
                      "the new certificate would begin at " + to_rfc3339(validity.not_before()) +
                          ", before its issuer does at " + to_rfc3339(outer.not_before()) +
                          "; correct validity.not_before");
  }
  if (validity.not_after() > outer.not_after()) {
    return make_error(ErrorCode::validation,
                      "the new certificate would end at " + to_rfc3339(validity.not_after()) +
                          ", after its issuer does at " + to_rfc3339(outer.not_after()) +
                          "; shorten validity.lifetime or make a new root");
  }
  return {};
}

StepResult open_issuer(Workbench& bench) {
  const Authority& authority = std::get<IntermediatePlan>(bench.script().plan).issuer;
  Result<x509::Certificate> certificate =
      read_issuer_certificate(input_path(bench.inputs, authority.certificate));
  if (!certificate) return std::move(certificate).error();
  if (Result<void> ok = check_may_sign(bench, *certificate); !ok) return std::move(ok).error();

  const Result<std::unique_ptr<Custody>> custody = custody_for(
      authority.custody, {bench.inputs.input, "the issuer's key", "secret.issuer_key", bench.conversation});
  if (!custody) return custody.error();
  Result<std::unique_ptr<keys::Signer>> key = (*custody)->open();
  if (!key) return with_context(std::move(key).error(), "the issuer's key");
  Result<std::shared_ptr<const issuance::Issuer>> issuer =
      issuance::Issuer::create(std::move(*certificate), std::move(*key), {.cross_check = true});
  if (!issuer) return std::move(issuer).error();
  bench.issuer = std::move(*issuer);
  if (Result<void> ok = record_use(bench, authority); !ok) return std::move(ok).error();
  return bench.issuer->certificate().subject_text() + ", until " +
         to_rfc3339(bench.issuer->certificate().validity().not_after());
}

}  // namespace chancery::ceremony
