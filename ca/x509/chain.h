// Certification path validation (RFC 5280 section 6) for the hierarchies Chancery makes: root, intermediate, leaf.
#pragma once

#include <span>
#include <vector>

#include "ca/base/result.h"
#include "ca/x509/certificate.h"

namespace chancery::x509 {

// `leaf` was signed by intermediates[0] and so on up to one of `roots` (matched by bytes). Checks signatures, issuer and
// subject bytes, validity at `at`, basicConstraints, pathLen, keyUsage, unknown critical extensions, and that the leaf may be
// used for `purpose` all the way up. Errors: validation (which certificate, what).
// NOT checked: revocation, names.
Result<void> verify_chain(const Certificate& leaf, std::span<const Certificate> intermediates,
                          std::span<const Certificate> roots, TimePoint at, KeyPurpose purpose);

// One link: issuer's bytes and signature.
Result<void> verify_issued_by(const Certificate& subject, const Certificate& issuer);

}  // namespace chancery::x509
