// Asking another PKI's root to certify ours, and ours certifying another.
#include <utility>

#include "ca/base/file.h"
#include "ca/ceremony/run/steps.h"
#include "ca/lint/cross_check.h"
#include "ca/x509/csr.h"

namespace chancery::ceremony {
namespace {

Error refused(const std::string& message, std::string internal = {}) {
  return make_error(ErrorCode::validation, message, std::move(internal));
}

// Their name in an equal encoding or not: what the certificate gets is the target's own bytes.
Result<void> check_same_subject(const x509::CertificateRequest& request,
                                const x509::Certificate& certificate) {
  const Result<x509::Name> subject = x509::Name::parse(certificate.fields().subject);
  if (!subject) return subject.error();
  if (*subject == request.subject()) return {};
  return refused("the request is of " + request.subject().to_string() + ", the target's certificate of " +
                 subject->to_string() + "; bring those that belong together");
}

Result<void> check_same_key(const x509::CertificateRequest& request, const x509::Certificate& certificate) {
  if (equal(request.public_key().spki(), certificate.fields().spki)) return {};
  return refused("the request's key is not that of the certificate of " + certificate.subject_text() +
                 "; whoever sent the request does not hold it");
}

}  // namespace

Result<x509::CertificateRequest> read_request(const Inputs& inputs, const std::string& path) {
  const std::string full = input_path(inputs, path);
  Result<std::string> text = read_file(full, 2 * x509::csr_limit);
  if (!text) return std::move(text).error();
  Result<x509::CertificateRequest> request =
      x509::CertificateRequest::parse_pem(input_pem(inputs, std::move(*text)));
  if (!request) return with_context(std::move(request).error(), full);
  if (const Result<void> ok = lint::cross_check_request(request->der(), *request); !ok)
    return refused(
        full + ": " + ok.error().message + "; have it made again with openssl req, certtool or chancery",
        ok.error().internal);
  return request;
}

StepResult make_request(Workbench& bench) {
  const x509::Certificate& certificate = bench.issuer->certificate();
  bench.request_info = x509::encode_request_info(certificate.fields().subject, certificate.fields().spki);
  const std::string hash = to_hex(crypto::sha256(bench.request_info));
  if (Result<void> ok = record_tbs(bench, "request", hash); !ok) return std::move(ok).error();
  return "for " + certificate.subject_text() + ", sha256 " + hash;
}

StepResult sign_request(Workbench& bench) {
  const crypto::SignatureAlgorithm algorithm = bench.issuer->algorithm();
  const Result<Bytes> signature = bench.signer().sign(algorithm, bench.request_info);
  if (!signature) return signature.error();
  bench.request = x509::assemble_request(bench.request_info, algorithm, *signature);
  return std::string(crypto::to_string(algorithm));
}

StepResult check_request(Workbench& bench) {
  const Result<x509::CertificateRequest> request = x509::CertificateRequest::parse(bench.request);
  if (!request) return request.error();
  if (Result<void> ok = lint::cross_check_request(bench.request, *request); !ok) return std::move(ok).error();
  if (Result<void> ok = check_same_key(*request, bench.issuer->certificate()); !ok)
    return std::move(ok).error();
  if (Result<void> ok = check_same_subject(*request, bench.issuer->certificate()); !ok)
    return std::move(ok).error();
  return std::string("name, key and signature are the certificate's; a second implementation agrees");
}

StepResult read_request_hash_aloud(Workbench& bench) {
  const Roles& roles = bench.script().roles;
  const crypto::Sha256Digest hash = crypto::sha256(bench.request);
  Result<void> ok = bench.conversation.read_aloud("words.request", "the request", hash, roles.administrator,
                                                  roles.internal_witness);
  if (!ok) return std::move(ok).error();
  return "sha256 " + to_hex(hash);
}

StepResult read_target(Workbench& bench) {
  const auto& plan = std::get<CrossCertificatePlan>(bench.script().plan);
  Result<x509::Certificate> target = read_certificate(bench.inputs, plan.target_certificate);
  if (!target) return with_context(std::move(target).error(), "the target's certificate");
  const Result<x509::CertificateRequest> request = read_request(bench.inputs, plan.target_request);
  if (!request) return with_context(request.error(), "the target's request");
  if (Result<void> ok = check_distinct_keys(bench.issuer->public_key(), request->public_key()); !ok)
    return with_context(std::move(ok).error(), "the target's request");
  if (Result<void> ok = check_same_key(*request, *target); !ok) return std::move(ok).error();
  if (Result<void> ok = check_same_subject(*request, *target); !ok) return std::move(ok).error();
  bench.bundle.push_back({"target.pem", output_pem(bench.inputs, target->to_pem())});
  bench.bundle.push_back(
      {"target.csr.pem", output_pem(bench.inputs, to_pem("CERTIFICATE REQUEST", request->der()))});
  bench.target = std::move(*target);
  bench.target_key = request->public_key();
  return bench.target->subject_text() + ", key id " + to_hex(bench.target_key->key_identifier());
}

}  // namespace chancery::ceremony
