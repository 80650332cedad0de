// Why the strict parser refuses a certificate or a list, and where. Internal to ca/lint.
#pragma once

#include <optional>

#include "ca/base/bytes.h"
#include "ca/base/error.h"
#include "ca/base/findings.h"

namespace chancery::lint {

// The parts of a certificate or list that could be told apart. Views into what was read.
struct SignedParts {
  ByteView tbs, algorithm, signature;
};

// nullopt, and a finding of where it stops, when it is not three elements in one SEQUENCE of at most `limit`
// bytes.
std::optional<SignedParts> take_apart(ByteView der, std::size_t limit, Findings& findings);

// One finding at least for a TBSCertificate that x509::parse_tbs has refused with `error`, naming the field,
// its offset in `der`, which holds `tbs`, and what stands there.
void explain_refusal(ByteView der, ByteView tbs, const Error& error, Findings& findings);
// The same for a TBSCertList that x509::parse_tbs_cert_list has refused.
void explain_crl_refusal(ByteView der, ByteView tbs, const Error& error, Findings& findings);

}  // namespace chancery::lint
