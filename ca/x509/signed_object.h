// The outer form that certificates, requests and revocation lists share: what is signed, the algorithm, the
// signature (RFC 5280 4.1.1 and 5.1.1, RFC 2986 4.2). Inside ca/x509 only.
#pragma once

#include <optional>

#include "ca/crypto/algorithms.h"
#include "ca/x509/der.h"

namespace chancery::x509 {

// Views into the DER that was read.
struct SignedParts {
  der::Element body;
  ByteView algorithm;  // whole AlgorithmIdentifier
  ByteView signature;
};

// nullopt for what is not one such SEQUENCE, with nothing behind it.
std::optional<SignedParts> read_signed(ByteView der);

Bytes assemble_signed(ByteView body, crypto::SignatureAlgorithm algorithm, ByteView signature);

}  // namespace chancery::x509
