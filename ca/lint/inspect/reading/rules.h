// What the strict parsers refuse, as rules with citations: a file that nobody can read gets findings too.
// Each stands in the file of its name. Internal to ca/lint.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ca/base/findings.h"

namespace chancery::lint {

struct ReadingRule {
  std::string_view id, citation, quote, advice;
  Severity severity = Severity::error;
};

namespace reading {
extern const ReadingRule algorithms_differ;
extern const ReadingRule certificate;
extern const ReadingRule crl;
extern const ReadingRule crl_critical_extension;
extern const ReadingRule crl_empty;
extern const ReadingRule crl_next_update;
extern const ReadingRule crl_number;
extern const ReadingRule crl_partial;
extern const ReadingRule crl_repeated_serial;
extern const ReadingRule crl_version;
extern const ReadingRule der;
extern const ReadingRule explanatory_text;
extern const ReadingRule extension;
extern const ReadingRule public_key;
extern const ReadingRule request;
extern const ReadingRule serial_number;
extern const ReadingRule signature;
extern const ReadingRule time;
extern const ReadingRule version;
}  // namespace reading

// A plain list in all_reading_rules.cpp; no registration.
std::span<const ReadingRule> all_reading_rules();

void report(const ReadingRule& rule, Findings& findings, std::string message);

}  // namespace chancery::lint
