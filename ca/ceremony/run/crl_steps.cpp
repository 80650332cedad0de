// Revocation lists: each goes on from the one before.
#include <algorithm>
#include <utility>

#include "ca/ceremony/run/fields.h"
#include "ca/ceremony/run/lint_object.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

using x509::RevokedCertificate;

const CrlPlan& plan_of(const Workbench& bench) {
  return std::get<CrlPlan>(bench.script().plan);
}

Error refused(const std::string& message) {
  return make_error(ErrorCode::validation, message);
}

// With the certificates of the script's entries, so that people know what they revoke.
struct Entries {
  std::vector<RevokedCertificate> all;
  std::vector<std::string> subjects;  // of each, in words
};

std::string entry_text(const RevokedCertificate& entry) {
  return entry.serial.to_string() + " at " + to_rfc3339(entry.revoked_at) + ", " +
         std::string(to_string(entry.reason.value_or(x509::RevocationReason::unspecified))) +
         (entry.invalidity_date ? ", invalid since " + to_rfc3339(*entry.invalidity_date) : "");
}

// No script can name it any more, but lists of earlier programs may, and it stays in all that follow.
std::string own_text(const RevokedCertificate& entry, const x509::Certificate& authority) {
  return lint::is_own_serial(authority, entry.serial)
             ? ", the root's own: it stays, and is a warning to be confirmed"
             : "";
}

std::string entries_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " entry" : " entries");
}

// A certificate that is named by its file goes into the bundle, so that others find the serial again.
Result<x509::Certificate> certificate_named(Workbench& bench, const Revocation& revocation,
                                            std::size_t number) {
  Result<x509::Certificate> certificate =
      certificate_to_revoke(bench.inputs, revocation, *bench.authority, &bench.issuer->certificate());
  if (!certificate) return certificate;
  bench.bundle.push_back(
      {"revoked-" + std::to_string(number) + ".pem", output_pem(bench.inputs, certificate->to_pem())});
  return certificate;
}

Result<Entries> entries(Workbench& bench) {
  Entries entries;
  if (bench.previous_crl) entries.all = bench.previous_crl->fields().revoked;
  entries.subjects.resize(entries.all.size(), "of the last CRL");
  std::size_t number = 0;
  for (const Revocation& revocation : plan_of(bench).revoke) {
    ++number;
    std::optional<x509::SerialNumber> serial = revocation.serial;
    entries.subjects.emplace_back("no certificate is named: compare every digit of the serial");
    if (!revocation.certificate.empty()) {
      const Result<x509::Certificate> certificate = certificate_named(bench, revocation, number);
      if (!certificate) return certificate.error();
      serial = certificate->serial();
      entries.subjects.back() =
          "of " + certificate->subject_text() + ", sha256 " + to_hex(certificate->fingerprint());
    }
    const auto same = [&](const RevokedCertificate& entry) { return entry.serial == *serial; };
    if (const auto found = std::find_if(entries.all.begin(), entries.all.end(), same);
        found != entries.all.end()) {
      return refused("serial " + entry_text(*found) + " is revoked already; take it out of crl.revoke");
    }
    entries.all.push_back({*serial, revocation.at, revocation.reason, revocation.invalidity_date});
  }
  return entries;
}

void show(Workbench& bench, const Entries& entries) {
  for (std::size_t i = 0; i < entries.all.size(); ++i) {
    bench.conversation.show("\n        to be signed: " + entry_text(entries.all[i]));
    bench.conversation.show("\n            " + entries.subjects[i]);
  }
  if (!entries.all.empty()) bench.conversation.show("\n");
}

lint::CrlScope scope_of(const Workbench& bench) {
  const CrlPlan& plan = plan_of(bench);
  const std::optional<x509::Crl>& last = bench.previous_crl;
  return {.longest = longest_list(plan, bench.issuer->certificate(), plan.this_update.value_or(bench.now)),
          .previous = last ? lint::PreviousCrl::of(last->fields()) : std::nullopt,
          .first = !last};
}

Findings lints_of(const Workbench& bench, const x509::ParsedCrl& crl) {
  return lint::run_crl_lints({.crl = crl,
                              .issuer = &bench.issuer->certificate(),
                              .signing_time = bench.now,
                              .scope = scope_of(bench)});
}

// What it says of warnings is words for the step.
Result<std::string> lint_whole_crl(Workbench& bench) {
  const Result<x509::Crl> whole = lint_crl(bench.crl_token.value().tbs(), bench.issuer->certificate(),
                                           [&](const x509::ParsedCrl& crl) { return lints_of(bench, crl); });
  if (!whole) return whole.error();
  Result<void> ok = record_lint(bench, "lint CRL", whole->fingerprint(), lint::all_crl_lints().size());
  if (!ok) return std::move(ok).error();
  return settle_warnings(bench, "CRL", lints_of(bench, whole->fields()));
}

Result<void> lint_again(Workbench& bench, const x509::Crl& finished) {
  const Findings findings = lints_of(bench, finished.fields());
  if (findings.has_errors()) return withheld("CRL", findings);
  return record_lint(bench, "CRL", finished.fingerprint(), lint::all_crl_lints().size());
}

Result<void> check_nothing_vanished(const std::optional<x509::Crl>& previous, const x509::Crl& crl) {
  if (!previous) return {};
  for (const RevokedCertificate& entry : previous->fields().revoked) {
    const RevokedCertificate* kept = find_revoked(crl.fields(), entry.serial);
    if (kept == nullptr || !(*kept == entry)) {
      return make_error(ErrorCode::internal, "serial " + entry_text(entry) + " of the last CRL has vanished");
    }
  }
  return {};
}

}  // namespace

StepResult read_last_crl(Workbench& bench) {
  const std::string& path = plan_of(bench).previous_crl;
  if (path.empty()) {
    const std::string& reason = plan_of(bench).first_reason;
    if (Result<void> ok = check_goes_on(bench.present_list, nullptr, reason); !ok)
      return std::move(ok).error();
    if (!bench.present_list.known) return "none, by an exception declared in the script: " + reason;
    return std::string("none: the script says that this is the first");
  }
  Result<x509::Crl> crl = read_crl(bench.inputs, path);
  if (!crl) return with_context(std::move(crl).error(), "the last CRL");
  // In a rehearsal it may be a real one or a stand-in's.
  if (Result<void> ok = verify_crl_issued_by(*crl, *bench.authority); !ok)
    return with_context(std::move(ok).error(), "the last CRL");
  if (Result<void> ok = check_goes_on(bench.present_list, &*crl, plan_of(bench).previous_reason); !ok)
    return std::move(ok).error();
  if (Result<void> ok = check_number(*crl, plan_of(bench).number); !ok) return std::move(ok).error();
  const x509::ParsedCrl& fields = crl->fields();
  for (const RevokedCertificate& entry : fields.revoked)
    bench.conversation.show("\n        revoked: " + entry_text(entry) + own_text(entry, *bench.authority));
  bench.conversation.show("\n");
  const std::string result =
      "number " + fields.number->to_string() + ", of " + to_rfc3339(fields.this_update) + ", " +
      entries_text(fields.revoked.size()) +
      (bench.present_list.known
           ? ""
           : ", the newest by an exception declared in the script: " + plan_of(bench).previous_reason);
  bench.bundle.push_back({"previous-crl.pem", output_pem(bench.inputs, crl->to_pem())});
  bench.previous_crl = std::move(*crl);
  return result;
}

StepResult prepare_and_lint_crl(Workbench& bench) {
  Result<Entries> revoked = entries(bench);
  if (!revoked) return std::move(revoked).error();
  const CrlPlan& plan = plan_of(bench);
  const x509::Certificate& issuer = bench.issuer->certificate();
  const std::size_t count = revoked->all.size();
  show(bench, *revoked);
  if (!plan.last_reason.empty())
    bench.conversation.show("\n        the last list, declared in the script: " + plan.last_reason + "\n");
  const Result<x509::CrlFields> fields =
      issuance::crl_fields(issuer, x509::CrlNumber(plan.number), plan.this_update.value_or(bench.now),
                           plan.next_update, std::move(revoked->all));
  if (!fields) return fields.error();
  Result<issuance::CrlSigningToken> token =
      issuance::prepare_crl(*fields, issuer, bench.now, scope_of(bench));
  if (!token) return std::move(token).error();
  bench.crl_token = std::move(*token);
  const std::string hash = to_hex(bench.crl_token->tbs_hash());
  if (Result<void> ok = record_tbs(bench, "crl", hash); !ok) return std::move(ok).error();
  const Result<std::string> warnings = lint_whole_crl(bench);
  if (!warnings) return warnings.error();
  return "number " + std::to_string(plan.number) + ", " + entries_text(count) + ", until " +
         to_rfc3339(fields->next_update) + ", TBS sha256 " + hash + *warnings;
}

StepResult sign_crl(Workbench& bench) {
  const crypto::SignatureAlgorithm algorithm = bench.crl_token.value().algorithm();
  Result<issuance::SignedCrlToken> signature = issuance::redeem(std::move(*bench.crl_token), bench.signer());
  bench.crl_token.reset();
  if (!signature) return std::move(signature).error();
  bench.crl_signature = std::move(*signature);
  return std::string(crypto::to_string(algorithm));
}

StepResult check_crl(Workbench& bench) {
  const auto& second = bench.issuer->cross_check();
  Result<issuance::IssuedCrl> issued = issuance::check_signed(
      std::move(bench.crl_signature.value()), bench.issuer->public_key(), second ? &*second : nullptr);
  bench.crl_signature.reset();
  if (!issued) return std::move(issued).error();
  if (Result<void> ok = check_nothing_vanished(bench.previous_crl, issued->crl()); !ok)
    return std::move(ok).error();
  if (Result<void> ok = lint_again(bench, issued->crl()); !ok) return std::move(ok).error();
  bench.crl = issued->crl();
  bench.present_list = {true, std::to_string(plan_of(bench).number), to_hex(bench.crl->fingerprint()),
                        !plan_of(bench).last_reason.empty()};
  return std::string("signature, bytes, meaning and lints agree; no entry has vanished");
}

StepResult read_crl_hash_aloud(Workbench& bench) {
  const Roles& roles = bench.script().roles;
  const crypto::Sha256Digest& hash = bench.crl.value().fingerprint();
  Result<void> ok = bench.conversation.read_aloud("words.crl", "the CRL", hash, roles.administrator,
                                                  roles.internal_witness);
  if (!ok) return std::move(ok).error();
  return "sha256 " + to_hex(hash);
}

}  // namespace chancery::ceremony
