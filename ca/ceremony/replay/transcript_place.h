// Where exactly a transcript is wrong. Inside ca/ceremony/replay.
#pragma once

#include <string>

#include "ca/ceremony/replay/replay.h"
#include "ca/crypto/public_key.h"

namespace chancery::ceremony {

// The reader of transcripts names the line in `message`; here come its bytes before it, and the very octet
// when only one bit was turned, whether it broke a line or made or unmade a line feed.
std::string place_of_fault(const std::string& message, const Replay& result);

// "transcript.sig, line 1, byte 40: one bit of this octet was turned: ", or the same of the transcript's last
// line; "" when that is not why the signature by `key` does not hold. Precondition: result.transcript.
std::string turned_octet_near_signature(const Replay& result, const crypto::PublicKey& key);

}  // namespace chancery::ceremony
