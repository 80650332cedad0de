// What a ceremony's certificate says: the script put into certificate fields. Nothing is drawn at random, so
// that script and public keys alone give the same bytes again.
#pragma once

#include "ca/ceremony/script/script.h"
#include "ca/crypto/public_key.h"
#include "ca/x509/certificate.h"

namespace chancery::ceremony {

// Certificates of a ceremony may begin this long before they are signed (BR 7.1.2.1.1 for roots).
inline constexpr Seconds backdate_allowance{86400};

// From the script's notBefore, or from `now`.
x509::Validity validity_of(const ValidityPlan& plan, TimePoint now);

// 0x40 and the first 19 octets of SHA-256("chancery ceremony serial v1" || script's SHA-256 || issuer's SPKI
// || subject's SPKI || nonce). Whoever cannot choose the subject's key, or the nonce, cannot choose the
// serial.
x509::SerialNumber serial_of(const Script& script, ByteView issuer_spki, ByteView subject_spki,
                             ByteView nonce);

// Self-issued: issuer and subject are the same bytes. basicConstraints without pathLen; no EKU, no CRLDP
// (BR 7.1.2.1).
x509::CertificateFields root_fields(const Script& script, const RootPlan& plan, const crypto::PublicKey& key,
                                    TimePoint now);

// A CA below `issuer` for TLS servers and clients: pathLen, EKU serverAuth and clientAuth, CRLDP, AIA
// (BR 7.1.2.6). NOT checked: that `issuer` may sign it; the step before does (steps.h).
x509::CertificateFields intermediate_fields(const Script& script, const IntermediatePlan& plan,
                                            const crypto::PublicKey& key, const x509::Certificate& issuer,
                                            const crypto::PublicKey& issuer_key, TimePoint now);

// The target's subject to the byte, its key and key identifier, under `issuer`: what the script adds is
// lifetime, pathLen, purposes, pointers and name constraints. NOT checked: that the target asked for it.
x509::CertificateFields cross_fields(const Script& script, const CrossCertificatePlan& plan,
                                     const x509::Certificate& target, const x509::Certificate& issuer,
                                     const crypto::PublicKey& issuer_key, TimePoint now);

}  // namespace chancery::ceremony
