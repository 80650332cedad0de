// The signature over a transcript's head: what holds its last line, and through it all others.
#pragma once

#include <string>
#include <string_view>

#include "ca/base/result.h"
#include "ca/crypto/digest.h"
#include "ca/crypto/public_key.h"
#include "ca/keys/key_store.h"

namespace chancery::ceremony {

inline constexpr std::size_t transcript_signature_limit = 1024;  // octets of transcript.sig

// What is signed: "chancery-transcript-v1:", the head in hex, a line feed. No TBSCertificate or TBSCertList
// begins so, hence no signature of a transcript is ever one of theirs.
std::string signed_text(const crypto::Sha256Digest& head);

// The content of transcript.sig: the DER signature in base64 and a line feed. The algorithm is the key's
// default (crypto::default_signature). Errors: those of the signer.
Result<std::string> sign_transcript(const crypto::Sha256Digest& head, const keys::Signer& signer);

// Errors: validation (not such a file, not this key's signature over this head).
Result<void> verify_transcript(const crypto::Sha256Digest& head, std::string_view signature,
                               const crypto::PublicKey& key);

}  // namespace chancery::ceremony
