// Requests for cross-certification, and the certificates that answer them.
#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/replay/place.h"
#include "ca/ceremony/run/fields.h"
#include "ca/ceremony/run/steps.h"
#include "ca/lint/cross_check.h"
#include "ca/lint/lint.h"
#include "ca/x509/chain.h"
#include "ca/x509/csr.h"
#include "ca/x509/der.h"

namespace chancery::ceremony {
namespace {

// CertificationRequestInfo (RFC 2986 section 4.1) that asks for `certificate` as it is.
Bytes request_info(const x509::Certificate& certificate) {
  Bytes info;
  x509::der::Writer out(info);
  out.sequence([&] {
    out.small_integer(0);
    out.raw(certificate.fields().subject);
    out.raw(certificate.fields().spki);
    out.element(x509::der::context_constructed(0), {});
  });
  return info;
}

// Reading verifies its signature: whoever made it holds the key.
std::string request_fault(const Material& material, const std::string& name,
                          const x509::Certificate& certificate) {
  const Result<x509::CertificateRequest> request =
      x509::CertificateRequest::parse_pem(material.bundle.pem(name));
  if (!request) return name + ": " + request.error().message;
  if (!equal(request->public_key().spki(), certificate.fields().spki)) {
    return name + ": field subjectPublicKeyInfo: it is not the key of " + certificate.subject_text();
  }
  const Result<x509::Name> subject = x509::Name::parse(certificate.fields().subject);
  if (!subject || !(*subject == request->subject())) {
    return name + ": field subject: " + request->subject().to_string() + " is not " +
           certificate.subject_text();
  }
  return "";
}

std::string own_request_fault(const Material& material, const CrossCsrPlan& plan,
                              const x509::Certificate& issuer) {
  const std::string& name = plan.request_output;
  if (std::string fault = request_fault(material, name, issuer); !fault.empty()) return fault;
  const Bytes info = request_info(issuer);
  const x509::CertificateRequest request =
      x509::CertificateRequest::parse_pem(material.bundle.pem(name)).value();
  const ByteView found = request.parts().info;
  if (!equal(found, info)) {
    return name + ": not the CertificationRequestInfo that the certificate gives: byte " +
           std::to_string(first_difference(as_text(found), as_text(info)).value_or(0));
  }
  return tbs_hash_fault(material, info);
}

std::string target_fault(const Material& material, const x509::Certificate& target,
                         const x509::Certificate& issuer) {
  if (equal(target.fields().spki, issuer.fields().spki)) {
    return std::string(target_file) + ": field subjectPublicKeyInfo: it is the issuer's own key";
  }
  return request_fault(material, std::string(target_request_file), target);
}

std::string told(const std::string& name, const Result<void>& result) {
  return result ? "" : name + ": " + result.error().message;
}

// Where the request cannot be read at all, the check above this one has said so.
void check_request_again(const Material& material, const std::string& name, std::vector<Check>& checks) {
  const Result<x509::CertificateRequest> request =
      x509::CertificateRequest::parse_pem(material.bundle.pem(name));
  if (!request) return;
  checks.push_back(check_of(name + ": second implementation",
                            told(name, lint::cross_check_request(request->der(), *request)),
                            "agrees, and verifies the signature"));
}

Check lints_check(const std::string& name, const x509::Certificate& made, const x509::Certificate& issuer,
                  const x509::Certificate& target, std::optional<TimePoint> signed_at) {
  const Findings findings = lint_findings(made, lint::Kind::cross, &issuer, &target, signed_at);
  for (const Finding& finding : findings.list()) {
    if (finding.severity == Severity::error)
      return {name + ": lints", false, name + ": " + finding.id + ": " + finding.message};
  }
  return {name + ": lints", true, rules_and_warnings(lint::rules_for(lint::Kind::cross), findings)};
}

void check_cross(const Material& material, const std::string& name, const x509::Certificate& issuer,
                 std::vector<Check>& checks) {
  const x509::Certificate* target = material.certificate(target_file);
  const x509::Certificate* made = material.certificate(name);
  if (target == nullptr) {
    checks.push_back(
        {"target", false, std::string(target_file) + ": it is missing, or not one certificate in PEM"});
    return;
  }
  checks.push_back(check_of("target and its request", target_fault(material, *target, issuer),
                            target->subject_text() + " asked for it"));
  check_request_again(material, std::string(target_request_file), checks);
  if (made == nullptr) return;  // said already
  checks.push_back(
      check_of(name + ": issuer", told(name, x509::verify_issued_by(*made, issuer)), issuer.subject_text()));
  checks.push_back(check_of(name + ": within the issuer's validity",
                            told(name, check_within_issuer(made->validity(), issuer)),
                            "begins no earlier, ends no later"));
  checks.push_back(lints_check(name, *made, issuer, *target, signing_moment(material)));
  const Result<lint::CrossCheck> second = lint::CrossCheck::for_issuer(issuer);
  checks.push_back(check_of(name + ": second implementation",
                            second ? told(name, second->check(*made)) : second.error().message,
                            "agrees, and verifies the signature"));
}

}  // namespace

void check_cross_certification(const Material& material, std::vector<Check>& checks) {
  const x509::Certificate* issuer = material.signer();
  if (issuer == nullptr) return;
  if (const auto* csr = std::get_if<CrossCsrPlan>(&material.script.plan)) {
    checks.push_back(check_of("request " + csr->request_output, own_request_fault(material, *csr, *issuer),
                              "rebuilt, and equal; signed by the key"));
    check_request_again(material, csr->request_output, checks);
  }
  if (const auto* cross = std::get_if<CrossCertificatePlan>(&material.script.plan)) {
    check_cross(material, cross->certificate_output, *issuer, checks);
  }
}

}  // namespace chancery::ceremony
