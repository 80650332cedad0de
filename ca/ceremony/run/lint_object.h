// The whole certificate or list before the real key is touched: the very TBS under a throw-away key, read by
// the strict parser, judged by the lints and verified by the second implementation.
#pragma once

#include <functional>

#include "ca/base/findings.h"
#include "ca/x509/certificate.h"
#include "ca/x509/crl.h"

namespace chancery::ceremony {

// Runs the lints on what was read from the finished object.
using CertificateLints = std::function<Findings(const x509::ParsedTbs& tbs)>;
using CrlLints = std::function<Findings(const x509::ParsedCrl& crl)>;

// Signs `tbs` with a key made for this and forgotten, of the type of the issuer's; for a root `issuer` is
// null, and the key in `tbs` says the type. Its signature verifies under no certificate that exists. Errors:
// internal (own TBS refused by the parser, other bytes than given, the second implementation disagrees),
// validation with one detail a finding of `lints`.
Result<x509::Certificate> lint_certificate(ByteView tbs, const x509::Certificate* issuer,
                                           const CertificateLints& lints);
Result<x509::Crl> lint_crl(ByteView tbs, const x509::Certificate& issuer, const CrlLints& lints);

}  // namespace chancery::ceremony
