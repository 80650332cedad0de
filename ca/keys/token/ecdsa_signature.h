// The two spellings of an ECDSA signature: inside ca/keys/token only.
#pragma once

#include <optional>

#include "ca/base/bytes.h"

namespace chancery::keys {

// From PKCS#11's (r and s in equal halves, big-endian; PKCS#11 2.40 mechanisms 2.3.1) to ECDSA-Sig-Value in
// DER (RFC 5480 appendix A). nullopt when the length is odd or above 132 octets, or r or s is zero.
std::optional<Bytes> ecdsa_sig_value(ByteView raw);

}  // namespace chancery::keys
