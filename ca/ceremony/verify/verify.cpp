#include "ca/ceremony/verify/verify.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ca/ceremony/run/fields.h"
#include "ca/ceremony/run/steps.h"
#include "ca/crypto/public_key.h"
#include "ca/lint/cross_check.h"
#include "ca/x509/chain.h"

namespace chancery::ceremony {
namespace {

using x509::Certificate;

Check check_of(std::string name, const Result<void>& result, std::string seen) {
  if (result) return {std::move(name), true, std::move(seen)};
  const Error& error = result.error();
  return {std::move(name), false,
          error.internal.empty() ? error.message : error.message + " (" + error.internal + ")"};
}

lint::Kind kind_of(const Certificate& certificate) {
  const auto& constraints = certificate.fields().extensions.basic_constraints;
  return constraints && constraints->ca ? lint::Kind::intermediate : lint::Kind::leaf;
}

Check check_in_force(const Certificate& certificate, TimePoint now) {
  const x509::Validity& validity = certificate.validity();
  const std::string span = to_rfc3339(validity.not_before()) + " to " + to_rfc3339(validity.not_after());
  return {"in force", validity.contains(now),
          validity.contains(now) ? span : span + ", but now is " + to_rfc3339(now)};
}

Check check_key_of(const Certificate& certificate) {
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(certificate.fields().spki);
  if (!key) return {"key", false, key.error().message};
  return check_of(
      "key", crypto::check_key_quality(*key),
      std::string(crypto::to_string(key->type().algorithm)) + ", id " + to_hex(key->key_identifier()));
}

std::string words_of(const Findings& findings, Severity severity) {
  std::string text;
  for (const Finding& finding : findings.list()) {
    if (finding.severity == severity)
      text += (text.empty() ? "" : "; ") + finding.id + ": " + finding.message;
  }
  return text;
}

Check check_lints(const CertificateFile& file, lint::Kind kind, const Certificate* issuer) {
  const Findings findings = lint_findings(file.certificate, kind, issuer, nullptr, file.signed_at);
  if (findings.has_errors()) return {"lints", false, words_of(findings, Severity::error)};
  return {"lints", true, rules_and_warnings(lint::rules_for(kind), findings)};
}

Check check_second(const Certificate& certificate, const Certificate& issuer) {
  const Result<lint::CrossCheck> second = lint::CrossCheck::for_issuer(issuer);
  if (!second) return check_of("second implementation", second.error(), "");
  return check_of("second implementation", second->check(certificate), "agrees, and verifies the signature");
}

const Certificate* issuer_of(const Certificate& certificate, const CertificateFiles& files) {
  const auto names = [&](const Certificate& candidate) {
    const Bytes& wanted = certificate.fields().extensions.authority_key_identifier;
    return equal(candidate.fields().subject, certificate.fields().issuer) &&
           (wanted.empty() || equal(wanted, candidate.fields().extensions.subject_key_identifier));
  };
  if (names(files.root.certificate)) return &files.root.certificate;
  for (const CertificateFile& other : files.others) {
    if (names(other.certificate) && !equal(other.certificate.der(), certificate.der()))
      return &other.certificate;
  }
  return nullptr;
}

// The certificates between this one and the root. A ring of issuers ends at the number of files.
std::vector<Certificate> path_above(const Certificate& certificate, const CertificateFiles& files) {
  std::vector<Certificate> path;
  const Certificate* next = issuer_of(certificate, files);
  while (next != nullptr && next != &files.root.certificate && path.size() < files.others.size()) {
    path.push_back(*next);
    next = issuer_of(*next, files);
  }
  return path;
}

// What `certificate` is for: a CA to issue, which verify_chain asks of it only as an issuer; a leaf its first
// purpose.
x509::KeyPurpose purpose_of(const Certificate& certificate) {
  const std::vector<x509::KeyPurpose>& purposes = certificate.fields().extensions.extended_key_usage;
  if (kind_of(certificate) != lint::Kind::leaf) return x509::KeyPurpose::any;
  return purposes.empty() ? x509::KeyPurpose::server_auth : purposes.front();
}

Check check_path(const Certificate& certificate, const CertificateFiles& files, TimePoint now) {
  const std::vector<Certificate> path = path_above(certificate, files);
  const x509::KeyPurpose purpose = purpose_of(certificate);
  const Result<void> ok =
      x509::verify_chain(certificate, path, std::span(&files.root.certificate, 1), now, purpose);
  const std::string use =
      purpose == x509::KeyPurpose::any ? "" : ", for " + std::string(x509::to_string(purpose));
  return check_of("path to the root", ok, std::to_string(path.size()) + " certificates between" + use);
}

CertificateReport report_on_root(const CertificateFile& file, TimePoint now) {
  const Certificate& root = file.certificate;
  CertificateReport report{file.path, lint::Kind::root, root, {}};
  report.checks.push_back(
      check_of("self-signed", x509::verify_issued_by(root, root), "names itself, signed by its own key"));
  report.checks.push_back(check_in_force(root, now));
  report.checks.push_back(check_key_of(root));
  report.checks.push_back(check_lints(file, lint::Kind::root, nullptr));
  report.checks.push_back(check_second(root, root));
  return report;
}

CertificateReport report_on_other(const CertificateFile& file, const CertificateFiles& files, TimePoint now) {
  const Certificate& certificate = file.certificate;
  CertificateReport report{file.path, kind_of(certificate), certificate, {}};
  const Certificate* issuer = issuer_of(certificate, files);
  if (issuer == nullptr) {
    report.checks.push_back(
        {"issuer", false, "its issuer is not among the files; add the intermediate's file"});
  } else {
    report.checks.push_back(
        check_of("issuer", x509::verify_issued_by(certificate, *issuer), issuer->subject_text()));
    report.checks.push_back(check_of("within the issuer's validity",
                                     check_within_issuer(certificate.validity(), *issuer),
                                     "begins no earlier, ends no later"));
    report.checks.push_back(check_second(certificate, *issuer));
  }
  report.checks.push_back(check_in_force(certificate, now));
  report.checks.push_back(check_key_of(certificate));
  report.checks.push_back(check_lints(file, report.kind, issuer));
  report.checks.push_back(check_path(certificate, files, now));
  return report;
}

}  // namespace

Findings lint_findings(const Certificate& certificate, lint::Kind kind, const Certificate* issuer,
                       const Certificate* target, std::optional<TimePoint> signed_at) {
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(certificate.fields().spki);
  lint::References references;
  references.target = target;
  return lint::run_lints({.kind = kind,
                          .tbs = certificate.fields(),
                          .issuer = issuer,
                          .signing_time = signed_at.value_or(certificate.validity().not_before()),
                          .backdate_allowance = backdate_allowance,
                          .key = key ? &*key : nullptr,
                          .references = references});
}

std::string rules_and_warnings(std::size_t rules, const Findings& findings) {
  std::string seen = std::to_string(rules) + " rules";
  for (const Finding& finding : findings.list()) {
    if (finding.severity != Severity::error)
      seen += "; " + std::string(to_string(finding.severity)) + " " + finding.id + ": " + finding.message;
  }
  return seen;
}

bool Verification::passed() const {
  return std::all_of(certificates.begin(), certificates.end(), [](const CertificateReport& report) {
    return std::all_of(report.checks.begin(), report.checks.end(),
                       [](const Check& check) { return check.passed; });
  });
}

Verification verify(const CertificateFiles& files, TimePoint now) {
  Verification verification;
  verification.certificates.push_back(report_on_root(files.root, now));
  for (const CertificateFile& file : files.others) {
    verification.certificates.push_back(report_on_other(file, files, now));
  }
  return verification;
}

}  // namespace chancery::ceremony
