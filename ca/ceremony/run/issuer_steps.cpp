#include <utility>

#include "ca/base/file.h"
#include "ca/ceremony/custody/throw_away_custody.h"
#include "ca/ceremony/run/fields.h"
#include "ca/ceremony/run/finished_certificate.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

Result<void> check_in_force(const x509::Certificate& issuer, TimePoint now) {
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

Result<void> check_path_length(const x509::Certificate& issuer, std::optional<unsigned> wanted) {
  const auto& constraints = issuer.fields().extensions.basic_constraints;
  if (!constraints || !constraints->path_len || (wanted && *constraints->path_len > *wanted)) return {};
  return make_error(ErrorCode::validation,
                    "the issuer's pathLen " + std::to_string(*constraints->path_len) +
                        " leaves no room for a CA of pathLen " +
                        (wanted ? std::to_string(*wanted) : std::string("without limit")) +
                        " below it (RFC 5280 section 4.2.1.9)");
}

Result<void> check_room(const x509::Certificate& issuer, std::optional<unsigned> path_length,
                        const ValidityPlan& validity, TimePoint now) {
  if (Result<void> ok = check_path_length(issuer, path_length); !ok) return ok;
  return check_within_issuer(validity_of(validity, now), issuer);
}

// Whether this kind of ceremony may go on with this certificate. A key whose certificate has expired may
// still be recovered or destroyed.
Result<void> check_may_sign(const Workbench& bench, const x509::Certificate& issuer) {
  const Kind kind = bench.script().kind();
  if (kind == Kind::recover || kind == Kind::destroy) return {};
  if (Result<void> ok = check_root_certificate(issuer); !ok) return ok;
  if (Result<void> ok = check_in_force(issuer, bench.now); !ok) return ok;
  const Plan& plan = bench.script().plan;
  if (const auto* one = std::get_if<IntermediatePlan>(&plan)) {
    return check_room(issuer, one->path_length, one->validity, bench.now);
  }
  if (const auto* one = std::get_if<CrossCertificatePlan>(&plan)) {
    return check_room(issuer, one->path_length, one->validity, bench.now);
  }
  return {};
}

Result<void> open_key(Workbench& bench, const Authority& authority, x509::Certificate certificate) {
  CustodySurroundings surroundings =
      surroundings_of(bench, bench.inputs.input, "the issuer's key", "secret.issuer_key");
  surroundings.expected = crypto::sha256(certificate.fields().spki);
  std::unique_ptr<Custody> custody = custody_for(used_custody(bench.inputs, authority.custody), surroundings);
  Result<std::unique_ptr<keys::Signer>> key = custody->open();
  if (!key) return with_context(std::move(key).error(), "the issuer's key");
  Result<std::shared_ptr<const issuance::Issuer>> issuer =
      issuance::Issuer::create(std::move(certificate), std::move(*key), {.cross_check = true});
  if (!issuer) return std::move(issuer).error();
  bench.issuer = std::move(*issuer);
  bench.issuer_custody = std::move(custody);
  return {};
}

Result<void> stand_in(Workbench& bench, const Authority& authority, const x509::Certificate& certificate) {
  Result<StandIn> other = stand_in_for(certificate);
  if (!other) return std::move(other).error();
  Result<std::shared_ptr<const issuance::Issuer>> issuer =
      issuance::Issuer::create(std::move(other->certificate), std::move(other->key), {.cross_check = true});
  if (!issuer) return std::move(issuer).error();
  bench.issuer = std::move(*issuer);
  bench.issuer_custody = std::holds_alternative<ShareCustody>(authority.custody)
                             ? throw_away_custody(bench.issuer->public_key().type())
                             : throw_away_custody();
  bench.conversation.show("\n        a throw-away key stands in for the issuer's\n");
  return {};
}

// Of an earlier rehearsal, where its key was kept; never an earnest ceremony's.
bool is_for_rehearsal(const Inputs& inputs, const Authority& authority) {
  return is_rehearsed(inputs, authority.certificate) &&
         (inputs.tokens_in_rehearsal || !std::holds_alternative<TokenCustody>(authority.custody));
}

Result<void> record_use(Workbench& bench, const Authority& authority) {
  return record_officers(bench, bench.issuer->certificate().subject_text(), custody_name(authority.custody),
                         bench.issuer->public_key(), *bench.issuer_custody);
}

}  // namespace

Result<x509::Certificate> read_certificate(const Inputs& inputs, const std::string& path) {
  const std::string full = input_path(inputs, path);
  Result<std::string> text = read_file(full, 2 * x509::certificate_limit);
  if (!text) return std::move(text).error();
  Result<x509::Certificate> certificate = x509::Certificate::parse_pem(input_pem(inputs, std::move(*text)));
  if (!certificate) return with_context(std::move(certificate).error(), full);
  return certificate;
}

Result<void> record_officers(Workbench& bench, const std::string& key, std::string_view custody_kind,
                             const crypto::PublicKey& public_key, const Custody& custody) {
  EventData data{{"key", key},
                 {"custody", std::string(custody_kind)},
                 {"spki_sha256", to_hex(crypto::sha256(public_key.spki()))}};
  if (const std::vector<std::string> officers = custody.officers(); !officers.empty())
    data["officers"] = officers;
  if (const std::string set = custody.dealing(); !set.empty()) data["set"] = set;
  return bench.transcript.append("key.used", std::move(data));
}

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
  const Authority& authority = *authority_of(bench.script().plan);
  Result<x509::Certificate> certificate = read_certificate(bench.inputs, authority.certificate);
  if (!certificate) return with_context(std::move(certificate).error(), "the issuer's certificate");
  if (Result<void> ok = check_may_sign(bench, *certificate); !ok) return std::move(ok).error();
  bench.authority = *certificate;
  const bool earnest = !bench.inputs.rehearsal || is_for_rehearsal(bench.inputs, authority);
  Result<void> opened = earnest ? open_key(bench, authority, std::move(*certificate))
                                : stand_in(bench, authority, *certificate);
  if (!opened) return std::move(opened).error();
  if (Result<void> ok = record_use(bench, authority); !ok) return std::move(ok).error();
  const std::string fault = dealing_fault(bench.previous.copies, bench.script().plan,
                                          bench.issuer_custody->dealing(), bench.issuer_custody->officers());
  if (!fault.empty()) return make_error(ErrorCode::validation, fault);
  return bench.issuer->certificate().subject_text() + ", until " +
         to_rfc3339(bench.issuer->certificate().validity().not_after());
}

}  // namespace chancery::ceremony
