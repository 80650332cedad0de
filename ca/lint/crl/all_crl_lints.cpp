#include <algorithm>
#include <array>

#include "ca/lint/crl/rules.h"

namespace chancery::lint {
namespace {

void add(const CrlLint& rule, Severity severity, Findings& findings, std::string message) {
  findings.add({severity,
                std::string(rule.id),
                std::string(rule.citation),
                std::move(message),
                {},
                std::string(rule.quote),
                std::string(rule.advice)});
}

}  // namespace

std::span<const CrlLint> all_crl_lints() {
  static const std::array lints{
      crl::authority_key_identifier,
      crl::entry_dates,
      crl::extension_criticality,
      crl::issuer,
      crl::issuing_distribution_point,
      crl::known_extensions,
      crl::next_update,
      crl::number,
      crl::number_step,
      crl::overlap,
      crl::prompt_reissue,
      crl::reason_code,
      crl::reissue_margin,
      crl::root_serial,
      crl::serial_length,
      crl::signature_algorithm,
      crl::this_update,
  };
  return lints;
}

Findings run_crl_lints(const CrlSubject& subject) {
  Findings findings;
  for (const CrlLint& lint : all_crl_lints()) lint.run(subject, lint, findings);
  return findings;
}

void report(const CrlLint& rule, Findings& findings, std::string message) {
  add(rule, Severity::error, findings, std::move(message));
}

void warn(const CrlLint& rule, Findings& findings, std::string message) {
  add(rule, Severity::warning, findings, std::move(message));
}

const x509::RawExtension* find_extension(const x509::ParsedCrl& crl, ByteView oid) {
  const auto found =
      std::find_if(crl.raw_extensions.begin(), crl.raw_extensions.end(),
                   [&](const x509::RawExtension& extension) { return equal(extension.oid, oid); });
  return found == crl.raw_extensions.end() ? nullptr : &*found;
}

}  // namespace chancery::lint
