#include "ca/base/findings.h"

#include <algorithm>

namespace chancery {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::notice:
      return "notice";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

bool Findings::has_errors() const {
  return std::any_of(list_.begin(), list_.end(),
                     [](const Finding& finding) { return finding.severity == Severity::error; });
}

std::string to_string(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings.list()) {
    if (!finding.location.empty()) text += finding.location + ": ";
    text += std::string(to_string(finding.severity)) + " " + finding.id + ": " + finding.message;
    if (!finding.citation.empty()) text += " (" + finding.citation + ")";
    text += "\n";
  }
  return text;
}

}  // namespace chancery
