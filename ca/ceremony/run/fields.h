// What a ceremony's certificate says: the script put into certificate fields. Nothing is drawn at random
// here, so that script, public keys and transcript give the same bytes again.
#pragma once

#include <optional>

#include "ca/ceremony/script/script.h"
#include "ca/crypto/public_key.h"
#include "ca/x509/certificate.h"

namespace chancery::ceremony {

// Certificates of a ceremony may begin this long before they are signed (BR 7.1.2.1.1 for roots).
inline constexpr Seconds backdate_allowance{86400};

// The run of the script that a certificate comes of.
struct Occasion {
  TimePoint now;
  // SHA-256 of the transcript's last line before that of the TBS. None in transcripts of format 1, whose
  // serial numbers two runs of one script with the same keys share.
  std::optional<crypto::Sha256Digest> record;
};

// From the script's notBefore, or from `now`.
x509::Validity validity_of(const ValidityPlan& plan, TimePoint now);

// How long a list of `issuer` may last: a year (BR 4.9.7); the last one, which the script declares, as long
// as the issuer, whose certificates all end by then. RFC 5280 section 5.1.2.5 sets no limit.
Seconds longest_list(const CrlPlan& plan, const x509::Certificate& issuer, TimePoint this_update);

// 0x40 and the first 19 octets of SHA-256("chancery ceremony serial v2" || record || script's SHA-256 ||
// issuer's SPKI || subject's SPKI || nonce). Line 1 of the record holds 128 bits drawn for this run alone,
// so that no two runs share a serial number (RFC 5280 4.1.2.2), and whoever cannot choose these, the
// subject's key or the nonce cannot choose it. Without `record` the label ends with v1, and it is left out.
x509::SerialNumber serial_of(const Script& script, const Occasion& occasion, ByteView issuer_spki,
                             ByteView subject_spki, ByteView nonce);

// Self-issued: issuer and subject are the same bytes. basicConstraints without pathLen; no EKU, no CRLDP
// (BR 7.1.2.1).
x509::CertificateFields root_fields(const Script& script, const RootPlan& plan, const crypto::PublicKey& key,
                                    const Occasion& occasion);

// A CA below `issuer` for TLS servers and clients: pathLen, EKU serverAuth and clientAuth, CRLDP, AIA
// (BR 7.1.2.6). NOT checked: that `issuer` may sign it; the step before does (steps.h).
x509::CertificateFields intermediate_fields(const Script& script, const IntermediatePlan& plan,
                                            const crypto::PublicKey& key, const x509::Certificate& issuer,
                                            const crypto::PublicKey& issuer_key, const Occasion& occasion);

// The target's subject to the byte, its key and key identifier, under `issuer`: what the script adds is
// lifetime, pathLen, purposes, pointers and name constraints. NOT checked: that the target asked for it.
x509::CertificateFields cross_fields(const Script& script, const CrossCertificatePlan& plan,
                                     const x509::Certificate& target, const x509::Certificate& issuer,
                                     const crypto::PublicKey& issuer_key, const Occasion& occasion);

}  // namespace chancery::ceremony
