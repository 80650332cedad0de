// What is asked of a certificate that exists already: the same of a root before its key signs again as
// afterwards, when anybody verifies what it signed.
#pragma once

#include <optional>

#include "ca/base/clock.h"
#include "ca/lint/lint.h"

namespace chancery::ceremony {

// What the lints say of it: `issuer` is null for a root, `target` for all but a cross-certificate. It may be
// judged long after it was signed; without `signed_at` its own notBefore stands for that moment.
Findings lint_findings(const x509::Certificate& certificate, lint::Kind kind, const x509::Certificate* issuer,
                       const x509::Certificate* target, std::optional<TimePoint> signed_at = std::nullopt);

// A self-signed root whose key, lints and reading by the second implementation are without fault, whatever
// the time is. Errors: validation, one detail a finding.
Result<void> check_root_certificate(const x509::Certificate& root);

}  // namespace chancery::ceremony
