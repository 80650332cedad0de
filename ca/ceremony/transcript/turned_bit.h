// Which octet of a transcript's end was damaged, when all that is wrong is one bit: its signature tells.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ca/crypto/digest.h"
#include "ca/crypto/public_key.h"

namespace chancery::ceremony {

// The place in `text`, a whole transcript of a ceremony that was done, of the octet of its last line, or of
// the line feed before that, in which one bit was turned after `signature` was made. `exported` is what the
// line lists. None where that is not what happened. Some 160 verifications at most.
std::optional<std::size_t> turned_octet_of_end(std::string_view text, std::span<const std::string> exported,
                                               std::string_view signature, const crypto::PublicKey& key);

// The same of transcript.sig itself, `head` being right. A verification for each bit at most.
std::optional<std::size_t> turned_octet_of_signature(const crypto::Sha256Digest& head,
                                                     std::string_view signature,
                                                     const crypto::PublicKey& key);

}  // namespace chancery::ceremony
