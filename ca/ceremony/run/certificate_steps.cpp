#include <algorithm>
#include <utility>

#include "ca/ceremony/run/fields.h"
#include "ca/ceremony/run/lint_object.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

const crypto::PublicKey& issuer_key(const Workbench& bench) {
  return bench.issuer ? bench.issuer->public_key() : bench.new_key->public_key();
}

// A root is its own issuer, so the second implementation can be told of it only once it exists.
Result<void> second_opinion_on_root(const x509::Certificate& root) {
  const Result<lint::CrossCheck> second = lint::CrossCheck::for_issuer(root);
  if (!second) return second.error();
  return second->check(root);
}

// Before the TBS is recorded: its serial number holds the transcript up to here.
x509::CertificateFields fields_of(const Workbench& bench) {
  const Plan& plan = bench.script().plan;
  const Occasion occasion{bench.now, bench.transcript.head()};
  if (const auto* root = std::get_if<RootPlan>(&plan)) {
    return root_fields(bench.script(), *root, bench.new_key->public_key(), occasion);
  }
  const x509::Certificate& issuer = bench.issuer->certificate();
  if (const auto* cross = std::get_if<CrossCertificatePlan>(&plan)) {
    return cross_fields(bench.script(), *cross, bench.target.value(), issuer, bench.issuer->public_key(),
                        occasion);
  }
  return intermediate_fields(bench.script(), std::get<IntermediatePlan>(plan), bench.new_key->public_key(),
                             issuer, bench.issuer->public_key(), occasion);
}

const crypto::PublicKey& subject_key(const Workbench& bench) {
  return bench.target_key ? *bench.target_key : bench.new_key->public_key();
}

lint::References references_of(const Workbench& bench) {
  lint::References references;
  if (bench.target) references.target = &*bench.target;
  return references;
}

Findings lints_of(const Workbench& bench, const x509::ParsedTbs& tbs) {
  return lint::run_lints({.kind = lint_kind(bench.script().kind()),
                          .tbs = tbs,
                          .issuer = bench.issuer ? &bench.issuer->certificate() : nullptr,
                          .signing_time = bench.now,
                          .backdate_allowance = backdate_allowance,
                          .key = &subject_key(bench),
                          .references = references_of(bench)});
}

// What the administrator compares with the script before anything is signed.
void show_content(Workbench& bench, const x509::Certificate& whole) {
  const auto line = [&](std::string_view name, const std::string& text) {
    bench.conversation.show("\n        " + std::string(name) + ": " + text);
  };
  const x509::Extensions& extensions = whole.fields().extensions;
  line("subject", whole.subject_text());
  line("issuer", bench.issuer ? bench.issuer->certificate().subject_text() : "itself");
  line("valid",
       to_rfc3339(whole.validity().not_before()) + " to " + to_rfc3339(whole.validity().not_after()));
  line("key id", to_hex(extensions.subject_key_identifier));
  if (extensions.basic_constraints && extensions.basic_constraints->path_len)
    line("CAs below it", std::to_string(*extensions.basic_constraints->path_len));
  if (extensions.name_constraints) {
    for (const x509::NameSubtree& permitted : extensions.name_constraints->permitted)
      line("permitted", x509::to_string(permitted));
    for (const x509::NameSubtree& excluded : extensions.name_constraints->excluded)
      line("excluded", x509::to_string(excluded));
  }
  bench.conversation.show("\n");
}

// Before the real key: the same TBS under a throw-away one. What it says of warnings is words for the step.
Result<std::string> lint_whole_certificate(Workbench& bench) {
  const Result<x509::Certificate> whole =
      lint_certificate(bench.token.value().tbs(), bench.issuer ? &bench.issuer->certificate() : nullptr,
                       [&](const x509::ParsedTbs& tbs) { return lints_of(bench, tbs); });
  if (!whole) return whole.error();
  show_content(bench, *whole);
  Result<void> ok = record_lint(bench, "lint certificate", whole->fingerprint(),
                                lint::rules_for(lint_kind(bench.script().kind())));
  if (!ok) return std::move(ok).error();
  return settle_warnings(bench, "certificate", lints_of(bench, whole->fields()));
}

// After it: what people will have in their hands.
Result<void> lint_again(Workbench& bench, const x509::Certificate& finished) {
  const Findings findings = lints_of(bench, finished.fields());
  if (findings.has_errors()) return withheld("certificate", findings);
  return record_lint(bench, "certificate", finished.fingerprint(),
                     lint::rules_for(lint_kind(bench.script().kind())));
}

}  // namespace

lint::Kind lint_kind(Kind kind) {
  if (kind == Kind::root) return lint::Kind::root;
  return kind == Kind::cross_certificate ? lint::Kind::cross : lint::Kind::intermediate;
}

Result<void> record_lint(Workbench& bench, const std::string& what, const crypto::Sha256Digest& hash,
                         std::size_t rules) {
  return bench.transcript.append(
      "lint", {{"what", what}, {"sha256", to_hex(hash)}, {"rules", static_cast<std::int64_t>(rules)}});
}

Error withheld(const std::string& object, const Findings& findings) {
  Error error = issuance::lint_refusal(object, findings);
  error.code = ErrorCode::internal;
  error.message = "the finished " + object +
                  " breaks the rules below, which its TBS did not; it is withheld. " +
                  "Do not use this machine";
  return error;
}

Result<void> record_tbs(Workbench& bench, const std::string& what, const std::string& hash) {
  return bench.transcript.append("tbs", {{"what", what}, {"sha256", hash}, {"at", to_rfc3339(bench.now)}});
}

StepResult prepare_and_lint(Workbench& bench) {
  const x509::Certificate* parent = bench.issuer ? &bench.issuer->certificate() : nullptr;
  Result<issuance::SigningToken> token =
      issuance::prepare(fields_of(bench), lint_kind(bench.script().kind()), parent, subject_key(bench),
                        bench.now, backdate_allowance, references_of(bench));
  if (!token) return std::move(token).error();
  bench.token = std::move(*token);
  const std::string hash = to_hex(bench.token->tbs_hash());
  if (Result<void> ok = record_tbs(bench, "certificate", hash); !ok) return std::move(ok).error();
  const Result<std::string> warnings = lint_whole_certificate(bench);
  if (!warnings) return warnings.error();
  return "until " + to_rfc3339(bench.token->validity().not_after()) + ", TBS sha256 " + hash + *warnings;
}

StepResult sign_once(Workbench& bench) {
  const crypto::SignatureAlgorithm algorithm = bench.token.value().algorithm();
  Result<issuance::SignedToken> signature = issuance::redeem(std::move(*bench.token), bench.signer());
  bench.token.reset();
  if (!signature) return std::move(signature).error();
  bench.signature = std::move(*signature);
  return std::string(crypto::to_string(algorithm));
}

StepResult check_certificate(Workbench& bench) {
  const lint::CrossCheck* second =
      bench.issuer && bench.issuer->cross_check() ? &*bench.issuer->cross_check() : nullptr;
  Result<issuance::IssuedCertificate> issued =
      issuance::check_signed(std::move(bench.signature.value()), issuer_key(bench), second);
  bench.signature.reset();
  if (!issued) return std::move(issued).error();
  if (!bench.issuer) {
    if (Result<void> ok = second_opinion_on_root(issued->certificate()); !ok) return std::move(ok).error();
  }
  if (Result<void> ok = lint_again(bench, issued->certificate()); !ok) return std::move(ok).error();
  bench.certificate = issued->certificate();
  return std::string("signature, bytes, meaning and lints agree");
}

}  // namespace chancery::ceremony
