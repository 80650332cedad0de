#include <algorithm>

#include "ca/ceremony/replay/checks.h"

namespace chancery::ceremony {

const x509::Certificate* Material::certificate(std::string_view name) const {
  const auto found = std::find_if(certificates.begin(), certificates.end(),
                                  [name](const CertificateFile& file) { return file.path == name; });
  return found == certificates.end() ? nullptr : &found->certificate;
}

const x509::Crl* Material::crl(std::string_view name) const {
  const auto found =
      std::find_if(crls.begin(), crls.end(), [name](const CrlFile& file) { return file.name == name; });
  return found == crls.end() ? nullptr : &found->crl;
}

const x509::Certificate* Material::signer() const {
  return script.kind() == Kind::root ? made() : certificate(issuer_file);
}

const x509::Certificate* Material::made() const {
  const std::string name = certificate_output(script.plan);
  return name.empty() ? nullptr : certificate(name);
}

std::string certificate_output(const Plan& plan) {
  if (const auto* root = std::get_if<RootPlan>(&plan)) return root->certificate_output;
  if (const auto* below = std::get_if<IntermediatePlan>(&plan)) return below->certificate_output;
  if (const auto* cross = std::get_if<CrossCertificatePlan>(&plan)) return cross->certificate_output;
  return "";
}

std::string chain_output(const Plan& plan) {
  if (const auto* below = std::get_if<IntermediatePlan>(&plan)) return below->chain_output;
  if (const auto* cross = std::get_if<CrossCertificatePlan>(&plan)) return cross->chain_output;
  return "";
}

std::string crl_output(const Plan& plan) {
  const auto* crl = std::get_if<CrlPlan>(&plan);
  return crl == nullptr ? "" : crl->crl_output;
}

}  // namespace chancery::ceremony
