#include <algorithm>
#include <array>

#include "ca/lint/rules.h"

namespace chancery::lint {

std::span<const Lint> all_lints() {
  static const std::array lints{
      rfc5280::authority_key_identifier,
      rfc5280::ca_key_usage,
      rfc5280::extension_criticality,
      rfc5280::issuer_name,
      rfc5280::leaf_basic_constraints,
      rfc5280::leaf_extended_key_usage,
      rfc5280::leaf_key_usage,
      rfc5280::permitted_names,
      rfc5280::pointer_uris,
      rfc5280::root_basic_constraints,
      rfc5280::root_self_issued,
      rfc5280::serial_number,
      rfc5280::signature_algorithm,
      rfc5280::subject_alternative_name,
      rfc5280::subject_key_identifier,
      rfc5280::subject_name,
      rfc5280::unique_extensions,
      rfc5280::unique_identifiers,
      rfc5280::validity_order,
      rfc5280::validity_within_issuer,
      house::ca_horizon,
      house::ca_lifetime,
      house::canonical_extensions,
      house::common_name,
      house::intermediate_basic_constraints,
      house::intermediate_extended_key_usage,
      house::intermediate_pointers,
      house::known_extensions,
      house::leaf_lifetime,
      house::lifetime_schedule,
      house::name_constraints,
      house::not_before,
      house::public_key,
      house::revocation_pointer,
      house::root_extensions,
      house::serial_entropy,
      house::signature_fits_key,
      house::spiffe_id,
      house::subject_differs,
      cross::basic_constraints,
      cross::extended_key_usage,
      cross::not_after,
      cross::not_before,
      cross::public_key,
      cross::subject,
      cross::subject_key_identifier,
      cross::target_in_force,
  };
  return lints;
}

std::size_t rules_for(Kind kind) {
  const std::span<const Lint> all = all_lints();
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [kind](const Lint& lint) { return applies(lint, kind); }));
}

bool applies(const Lint& lint, Kind kind) {
  switch (kind) {
    case Kind::root:
      return lint.root;
    case Kind::intermediate:
      return lint.intermediate;
    case Kind::cross:
      return lint.cross;
    case Kind::leaf:
      return lint.leaf;
  }
  return true;
}

Findings run_lints(const Subject& subject) {
  Findings findings;
  for (const Lint& lint : all_lints()) {
    if (applies(lint, subject.kind)) lint.run(subject, lint, findings);
  }
  return findings;
}

void report(const Lint& rule, Findings& findings, std::string message) {
  findings.add({rule.severity,
                std::string(rule.id),
                std::string(rule.citation),
                std::move(message),
                {},
                std::string(rule.quote),
                std::string(rule.advice)});
}

const x509::RawExtension* find_extension(const x509::ParsedTbs& tbs, ByteView oid) {
  const auto found =
      std::find_if(tbs.raw_extensions.begin(), tbs.raw_extensions.end(),
                   [&](const x509::RawExtension& extension) { return equal(extension.oid, oid); });
  return found == tbs.raw_extensions.end() ? nullptr : &*found;
}

}  // namespace chancery::lint
