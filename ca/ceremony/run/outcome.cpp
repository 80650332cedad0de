#include "ca/ceremony/run/steps.h"
#include "ca/x509/csr.h"

namespace chancery::ceremony {
namespace {

const ShareCustody* dealt_by(const Plan& plan) {
  if (const auto* root = std::get_if<RootPlan>(&plan)) return std::get_if<ShareCustody>(&root->custody);
  if (const auto* below = std::get_if<IntermediatePlan>(&plan))
    return std::get_if<ShareCustody>(&below->custody);
  const auto* recover = std::get_if<RecoverPlan>(&plan);
  return recover != nullptr && recover->reshare ? &*recover->reshare : nullptr;
}

std::optional<DealtShares> shares_of(const Workbench& bench) {
  const ShareCustody* plan = dealt_by(bench.script().plan);
  if (plan == nullptr || !bench.new_custody) return std::nullopt;
  DealtShares dealt{.threshold = plan->threshold, .shares = {}};
  const std::vector<CustodyFile>& files = bench.new_custody->files();
  for (std::size_t i = 0; i < files.size(); ++i)
    dealt.shares.push_back({bench.script().roles.crypto_officers.at(i), files[i].name});
  return dealt;
}

std::optional<MadeRequest> request_of(const Workbench& bench) {
  if (bench.request.empty()) return std::nullopt;
  const Result<x509::CertificateRequest> request = x509::CertificateRequest::parse(bench.request);
  if (!request) return std::nullopt;  // the ceremony has read it once, and would not be here
  return MadeRequest{request->subject().to_string(), crypto::sha256(bench.request)};
}

}  // namespace

Outcome outcome_of(const Workbench& bench) {
  return {.certificate = bench.certificate ? *bench.certificate : bench.issuer->certificate(),
          .made = bench.certificate.has_value(),
          .crl = bench.crl,
          .request = request_of(bench),
          .dealt = shares_of(bench),
          .left = bench.copies_left,
          .transcript_head = bench.transcript.head(),
          .files = bench.written};
}

}  // namespace chancery::ceremony
