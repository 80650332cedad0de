// A revocation list rebuilt from the script and the list before it.
#include <algorithm>

#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/replay/place.h"
#include "ca/issuance/prepare_crl.h"
#include "ca/lint/crl_lint.h"
#include "ca/lint/cross_check.h"

namespace chancery::ceremony {
namespace {

// A certificate that the script names by its file was put into the bundle, numbered as in the script.
Result<x509::SerialNumber> serial_of(const Material& material, const Revocation& revocation,
                                     std::size_t number) {
  if (revocation.certificate.empty()) return revocation.serial.value();
  const std::string name = "revoked-" + std::to_string(number) + ".pem";
  if (const x509::Certificate* found = material.certificate(name)) {
    if (!revocation.serial || *revocation.serial == found->serial()) return found->serial();
    return make_error(ErrorCode::validation, name + ": field serialNumber: " + found->serial().to_string() +
                                                 ", the script says " + revocation.serial->to_string());
  }
  return make_error(ErrorCode::not_found, name + ": it is missing, or not one certificate in PEM");
}

Result<std::vector<x509::RevokedCertificate>> entries_of(const Material& material, const CrlPlan& plan,
                                                         const x509::Crl* before) {
  std::vector<x509::RevokedCertificate> revoked;
  if (before != nullptr) revoked = before->fields().revoked;
  std::size_t number = 0;
  for (const Revocation& revocation : plan.revoke) {
    Result<x509::SerialNumber> serial = serial_of(material, revocation, ++number);
    if (!serial) return std::move(serial).error();
    revoked.push_back({std::move(*serial), revocation.at, revocation.reason, revocation.invalidity_date});
  }
  return revoked;
}

Result<Bytes> rebuilt_tbs(const Material& material, const CrlPlan& plan, TimePoint at) {
  const x509::Crl* before = material.crl(previous_crl_file);
  if ((before == nullptr) != plan.previous_crl.empty()) {
    return make_error(
        ErrorCode::not_found,
        plan.previous_crl.empty()
            ? std::string(previous_crl_file) + " is there, but the script says that this is the first"
            : std::string(previous_crl_file) + " is missing, or not one CRL in PEM");
  }
  Result<std::vector<x509::RevokedCertificate>> revoked = entries_of(material, plan, before);
  if (!revoked) return std::move(revoked).error();
  const Result<x509::CrlFields> fields =
      issuance::crl_fields(*material.signer(), x509::CrlNumber(plan.number), plan.this_update.value_or(at),
                           plan.next_update, std::move(*revoked));
  if (!fields) return fields.error();
  return x509::encode_tbs_cert_list(*fields);
}

std::string tbs_fault(const Material& material, const CrlPlan& plan, const x509::Crl& crl) {
  const Result<Occasion> occasion = tbs_occasion(material);
  if (!occasion) return occasion.error().message;
  const Result<Bytes> rebuilt = rebuilt_tbs(material, plan, occasion->now);
  if (!rebuilt) return plan.crl_output + ": " + rebuilt.error().message;
  if (!equal(*rebuilt, crl.tbs())) {
    return plan.crl_output + ": not the TBS that script and keys give: " + tbs_difference(*rebuilt, crl);
  }
  return tbs_hash_fault(material, *rebuilt);
}

// Programs before format 3 took for new what was revoked after the last list, and nothing in a first one.
void know_entries_by_date(const x509::ParsedCrl& crl, lint::CrlScope& scope) {
  scope.first = false;
  if (!scope.previous) return;
  for (const x509::RevokedCertificate& entry : crl.revoked) {
    if (entry.revoked_at <= scope.previous->this_update)
      scope.previous->serials.insert(to_bytes(entry.serial.bytes()));
  }
}

std::string result_fault(const std::string& name, const Result<void>& result) {
  return result ? "" : name + ": " + result.error().message;
}

// What only warns fails nothing, and is said.
Check lints_check(const Material& material, const CrlPlan& plan, const x509::Crl& crl,
                  const x509::Certificate& issuer) {
  const std::string name = plan.crl_output + ": lints";
  const Result<Findings> findings = crl_findings(material, crl, issuer);
  if (!findings) return {name, false, findings.error().message};
  for (const Finding& finding : findings->list()) {
    if (finding.severity == Severity::error)
      return {name, false, plan.crl_output + ": " + finding.id + ": " + finding.message};
  }
  return {name, true, rules_and_warnings(lint::all_crl_lints().size(), *findings)};
}

std::string second_fault(const CrlPlan& plan, const x509::Crl& crl, const x509::Certificate& issuer) {
  const Result<lint::CrossCheck> second = lint::CrossCheck::for_issuer(issuer);
  if (!second) return std::string(issuer_file) + ": " + second.error().message;
  return result_fault(plan.crl_output, second->check(crl));
}

}  // namespace

// With the number that must be greater than the last one's, and the serials that are not new.
Result<Findings> crl_findings(const Material& material, const x509::Crl& crl,
                              const x509::Certificate& issuer) {
  lint::CrlScope scope;
  if (const auto* plan = std::get_if<CrlPlan>(&material.script.plan))
    scope.longest = longest_list(*plan, issuer, crl.fields().this_update);
  if (const x509::Crl* before = material.crl(previous_crl_file)) {
    scope.previous = lint::PreviousCrl::of(before->fields());
    if (!scope.previous)
      return make_error(ErrorCode::validation,
                        std::string(previous_crl_file) + ": field cRLNumber: it has none");
  }
  scope.first = !scope.previous;
  if (material.format() < 3) know_entries_by_date(crl.fields(), scope);
  return lint::run_crl_lints(
      {crl.fields(), &issuer, signing_moment(material).value_or(crl.fields().this_update), scope});
}

void check_crl(const Material& material, std::vector<Check>& checks) {
  const auto* plan = std::get_if<CrlPlan>(&material.script.plan);
  const x509::Certificate* issuer = material.signer();
  if (plan == nullptr || issuer == nullptr) return;
  const x509::Crl* crl = material.crl(plan->crl_output);
  if (crl == nullptr) {
    checks.push_back({"CRL", false, plan->crl_output + ": it is missing, or not one CRL in PEM"});
    return;
  }
  const std::string& name = plan->crl_output;
  checks.push_back(check_of("TBS of " + name, tbs_fault(material, *plan, *crl),
                            std::to_string(crl->tbs().size()) + " octets rebuilt, and equal"));
  if (const x509::Crl* before = material.crl(previous_crl_file)) {
    checks.push_back(
        check_of(std::string(previous_crl_file) + ": issuer",
                 result_fault(std::string(previous_crl_file), x509::verify_crl_issued_by(*before, *issuer)),
                 "number " + (before->fields().number ? before->fields().number->to_string() : "")));
  }
  checks.push_back(check_of(name + ": issuer", result_fault(name, x509::verify_crl_issued_by(*crl, *issuer)),
                            issuer->subject_text()));
  if (!plan->last_reason.empty()) {
    checks.push_back({"last list", true,
                      "until " + to_rfc3339(crl->fields().next_update) +
                          ", as the script declares: " + plan->last_reason});
  }
  checks.push_back(lints_check(material, *plan, *crl, *issuer));
  checks.push_back(check_of(name + ": second implementation", second_fault(*plan, *crl, *issuer),
                            "agrees, and verifies the signature"));
}

}  // namespace chancery::ceremony
