// A revocation list rebuilt from the script and the list before it.
#include <algorithm>
#include <filesystem>

#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/replay/place.h"
#include "ca/issuance/prepare_crl.h"
#include "ca/lint/crl_lint.h"
#include "ca/lint/cross_check.h"

namespace chancery::ceremony {
namespace {

std::string base_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

// The list before: in this bundle under another name than the new one, or what the previous ceremony made.
const x509::Crl* crl_before(const Material& material, const CrlPlan& plan) {
  for (const CrlFile& file : material.crls) {
    if (file.name != plan.crl_output) return &file.crl;
  }
  if (material.previous == nullptr) return nullptr;
  const std::string name = base_name(plan.previous_crl);
  for (const CrlFile& file : material.previous->crls) {
    if (file.name == name) return &file.crl;
  }
  return nullptr;
}

// By serial, or by the certificate's file: in this bundle, or the one before.
Result<x509::SerialNumber> serial_of(const Material& material, const Revocation& revocation) {
  if (const auto* serial = std::get_if<x509::SerialNumber>(&revocation.certificate)) return *serial;
  const std::string& path = std::get<std::string>(revocation.certificate);
  const std::string name = base_name(path);
  if (const x509::Certificate* found = material.certificate(name)) return found->serial();
  if (material.previous != nullptr) {
    for (const CertificateFile& file : material.previous->certificates) {
      if (file.path == name) return file.certificate.serial();
    }
  }
  return make_error(ErrorCode::not_found, std::string(script_file) + ", field revoke: " + path +
                                              " is not in the bundle, so that its serial is not known here");
}

Result<std::vector<x509::RevokedCertificate>> entries_of(const Material& material, const CrlPlan& plan,
                                                         const x509::Crl* before) {
  std::vector<x509::RevokedCertificate> revoked;
  if (before != nullptr) revoked = before->fields().revoked;
  for (const Revocation& revocation : plan.revoke) {
    Result<x509::SerialNumber> serial = serial_of(material, revocation);
    if (!serial) return std::move(serial).error();
    std::optional<x509::RevocationReason> reason;
    if (revocation.reason != x509::RevocationReason::unspecified) reason = revocation.reason;
    revoked.push_back({std::move(*serial), revocation.at, reason, std::nullopt});
  }
  return revoked;
}

Result<Bytes> rebuilt_tbs(const Material& material, const CrlPlan& plan, TimePoint at) {
  const x509::Crl* before = crl_before(material, plan);
  if (before == nullptr && !plan.previous_crl.empty()) {
    return make_error(ErrorCode::not_found, "the list before it, " + plan.previous_crl +
                                                ", is neither here nor in the bundle of --previous");
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
  const std::vector<Entry> entries = material.record.all("tbs");
  if (entries.size() != 1) {
    return std::string(transcript_file) + ": " + std::to_string(entries.size()) +
           " TBS are recorded, where one must be";
  }
  const std::optional<TimePoint> at = parse_rfc3339(entries[0].text("at"));
  if (!at || *at > entries[0].of->at)
    return entries[0].place("at") + ": it is not a moment before the line was written";
  const Result<Bytes> rebuilt = rebuilt_tbs(material, plan, *at);
  if (!rebuilt) return plan.crl_output + ": " + rebuilt.error().message;
  if (!equal(*rebuilt, crl.tbs())) {
    return plan.crl_output + ": not the TBS that script and keys give: " + tbs_difference(*rebuilt, crl);
  }
  const std::string hash = to_hex(crypto::sha256(*rebuilt));
  return entries[0].text("sha256") == hash ? "" : entries[0].place("sha256") + ": the TBS has " + hash;
}

std::string result_fault(const std::string& name, const Result<void>& result) {
  return result ? "" : name + ": " + result.error().message;
}

std::string lints_fault(const CrlPlan& plan, const x509::Crl& crl, const x509::Certificate& issuer) {
  const Findings findings = lint::run_crl_lints({crl.fields(), issuer, crl.fields().this_update, {}});
  for (const Finding& finding : findings.list()) {
    if (finding.severity == Severity::error)
      return plan.crl_output + ": " + finding.id + ": " + finding.message;
  }
  return "";
}

std::string second_fault(const CrlPlan& plan, const x509::Crl& crl, const x509::Certificate& issuer) {
  const Result<lint::CrossCheck> second = lint::CrossCheck::for_issuer(issuer);
  if (!second) return std::string(issuer_file) + ": " + second.error().message;
  return result_fault(plan.crl_output, second->check(crl));
}

}  // namespace

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
  checks.push_back(check_of(name + ": issuer", result_fault(name, x509::verify_crl_issued_by(*crl, *issuer)),
                            issuer->subject_text()));
  checks.push_back(check_of(name + ": lints", lints_fault(*plan, *crl, *issuer),
                            std::to_string(lint::all_crl_lints().size()) + " rules"));
  checks.push_back(check_of(name + ": second implementation", second_fault(*plan, *crl, *issuer),
                            "agrees, and verifies the signature"));
}

}  // namespace chancery::ceremony
