// What the lints only warn of: people hear it before the signature, and one of them answers for going on.
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

Result<void> show_and_record(Workbench& bench, const std::string& what, const Finding& warning) {
  bench.conversation.show("\n        WARNING " + warning.id + ": " + warning.message + " (" +
                          warning.citation + ")");
  return bench.transcript.append("lint.warning",
                                 {{"what", what}, {"rule", warning.id}, {"message", warning.message}});
}

}  // namespace

Result<std::string> settle_warnings(Workbench& bench, const std::string& what, const Findings& findings) {
  std::size_t warnings = 0;
  for (const Finding& finding : findings.list()) {
    if (finding.severity != Severity::warning) continue;
    if (Result<void> ok = show_and_record(bench, what, finding); !ok) return std::move(ok).error();
    ++warnings;
  }
  if (warnings == 0) return std::string();
  bench.conversation.show("\n");
  const std::string number = std::to_string(warnings) + (warnings == 1 ? " warning" : " warnings");
  Result<void> ok = bench.conversation.initials(
      std::string(warnings_question), bench.script().roles.internal_witness,
      "the " + what + " is signed in spite of " + number + ", and the exception log says why");
  if (!ok) return std::move(ok).error();
  return ", " + number + " confirmed";
}

}  // namespace chancery::ceremony
