// Every rule for revocation lists, by name; each stands in the file of that name. Internal to ca/lint.
#pragma once

#include <string>

#include "ca/lint/crl_lint.h"

namespace chancery::lint {

// One finding of severity error, or warning, under the rule's id and citation.
void report(const CrlLint& rule, Findings& findings, std::string message);
void warn(const CrlLint& rule, Findings& findings, std::string message);

// nullptr when absent.
const x509::RawExtension* find_extension(const x509::ParsedCrl& crl, ByteView oid);

namespace crl {
extern const CrlLint authority_key_identifier;
extern const CrlLint entry_dates;
extern const CrlLint extension_criticality;
extern const CrlLint issuer;
extern const CrlLint issuing_distribution_point;
extern const CrlLint known_extensions;
extern const CrlLint next_update;
extern const CrlLint number;
extern const CrlLint number_step;
extern const CrlLint overlap;
extern const CrlLint prompt_reissue;
extern const CrlLint reason_code;
extern const CrlLint reissue_margin;
extern const CrlLint root_serial;
extern const CrlLint serial_length;
extern const CrlLint signature_algorithm;
extern const CrlLint this_update;
}  // namespace crl

}  // namespace chancery::lint
