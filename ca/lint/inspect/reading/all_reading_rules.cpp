#include <array>

#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint {

std::span<const ReadingRule> all_reading_rules() {
  static const std::array rules{
      reading::algorithms_differ,
      reading::certificate,
      reading::crl,
      reading::crl_critical_extension,
      reading::crl_empty,
      reading::crl_next_update,
      reading::crl_number,
      reading::crl_partial,
      reading::crl_repeated_serial,
      reading::crl_version,
      reading::der,
      reading::explanatory_text,
      reading::extension,
      reading::public_key,
      reading::request,
      reading::serial_number,
      reading::signature,
      reading::time,
      reading::version,
  };
  return rules;
}

void report(const ReadingRule& rule, Findings& findings, std::string message) {
  findings.add({rule.severity,
                std::string(rule.id),
                std::string(rule.citation),
                std::move(message),
                {},
                std::string(rule.quote),
                std::string(rule.advice)});
}

}  // namespace chancery::lint
