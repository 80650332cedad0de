// Every rule, by name; each stands in the file of that name. Internal to ca/lint.
#pragma once

#include <string>

#include "ca/lint/lint.h"

namespace chancery::lint {

// One finding under the rule's id, severity, citation and quote.
void report(const Lint& rule, Findings& findings, std::string message);

// nullptr when absent.
const x509::RawExtension* find_extension(const x509::ParsedTbs& tbs, ByteView oid);

namespace rfc5280 {
extern const Lint authority_key_identifier;
extern const Lint ca_key_usage;
extern const Lint extension_criticality;
extern const Lint issuer_name;
extern const Lint leaf_basic_constraints;
extern const Lint leaf_extended_key_usage;
extern const Lint leaf_key_usage;
extern const Lint permitted_names;
extern const Lint pointer_uris;
extern const Lint root_basic_constraints;
extern const Lint root_self_issued;
extern const Lint serial_number;
extern const Lint signature_algorithm;
extern const Lint subject_alternative_name;
extern const Lint subject_key_identifier;
extern const Lint subject_name;
extern const Lint unique_extensions;
extern const Lint unique_identifiers;
extern const Lint validity_order;
extern const Lint validity_within_issuer;
}  // namespace rfc5280

namespace house {
extern const Lint ca_horizon;
extern const Lint ca_lifetime;
extern const Lint canonical_extensions;
extern const Lint common_name;
extern const Lint intermediate_basic_constraints;
extern const Lint intermediate_extended_key_usage;
extern const Lint intermediate_pointers;
extern const Lint known_extensions;
extern const Lint leaf_lifetime;
extern const Lint lifetime_schedule;
extern const Lint name_constraints;
extern const Lint not_before;
extern const Lint public_key;
extern const Lint revocation_pointer;
extern const Lint root_extensions;
extern const Lint serial_entropy;
extern const Lint signature_fits_key;
extern const Lint spiffe_id;
extern const Lint subject_differs;
}  // namespace house

namespace cross {
extern const Lint basic_constraints;
extern const Lint extended_key_usage;
extern const Lint not_after;
extern const Lint not_before;
extern const Lint public_key;
extern const Lint subject;
extern const Lint subject_key_identifier;
extern const Lint target_in_force;
}  // namespace cross

}  // namespace chancery::lint
