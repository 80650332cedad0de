// What a ceremony's certificate says: the script put into certificate fields.
#pragma once

#include "ca/base/random.h"
#include "ca/ceremony/script/script.h"
#include "ca/crypto/public_key.h"
#include "ca/issuance/issuer.h"
#include "ca/x509/certificate.h"

namespace chancery::ceremony {

// Certificates of a ceremony may begin this long before they are signed (BR 7.1.2.1.1 for roots).
inline constexpr Seconds backdate_allowance{86400};

// From the script's notBefore, or from `now`.
x509::Validity validity_of(const Script& script, TimePoint now);

// Self-issued: issuer and subject are the same bytes. basicConstraints without pathLen; no EKU, no CRLDP
// (BR 7.1.2.1).
x509::CertificateFields root_fields(const Script& script, const crypto::PublicKey& key, TimePoint now,
                                    RandomSource& random);

// A CA below `issuer` for TLS servers and clients: pathLen, EKU serverAuth and clientAuth, CRLDP, AIA
// (BR 7.1.2.6). NOT checked: that `issuer` may sign it; the step before does (steps.h).
x509::CertificateFields intermediate_fields(const Script& script, const crypto::PublicKey& key,
                                            const issuance::Issuer& issuer, TimePoint now,
                                            RandomSource& random);

}  // namespace chancery::ceremony
