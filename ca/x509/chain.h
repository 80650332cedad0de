// Certification path validation (RFC 5280 section 6) for the hierarchies Chancery makes: root, intermediate,
// leaf.
#pragma once

#include <span>
#include <vector>

#include "ca/base/result.h"
#include "ca/x509/certificate.h"

namespace chancery::x509 {

// `leaf` was signed by intermediates[0] and so on up to one of `roots`; the last intermediate may be that
// root itself (matched by bytes). Checks signatures, issuer and subject bytes, validity at `at`,
// basicConstraints, pathLen, keyUsage, unknown critical extensions, nameConstraints, and that the leaf may be
// used for `purpose` all the way up: the leaf must state it, or anyExtendedKeyUsage; a CA that states no
// purposes allows all. KeyPurpose::any asks for nothing. At most 8 intermediates. Roots are trusted as given:
// their own signature is not checked. nameConstraints, a root's too, hold for the alternative names of every
// certificate below but the self-issued CAs; a mailbox in a subject (PKCS #9 emailAddress) is refused under
// constraints on mailboxes, and subtrees of directory or other names are refused altogether. Errors:
// validation (which certificate, what). NOT checked: revocation, which name the caller wanted to reach.
Result<void> verify_chain(const Certificate& leaf, std::span<const Certificate> intermediates,
                          std::span<const Certificate> roots, TimePoint at, KeyPurpose purpose);

// One link: issuer's bytes and signature.
Result<void> verify_issued_by(const Certificate& subject, const Certificate& issuer);

}  // namespace chancery::x509
