// The key that signs checkpoints: a file of its own, because whoever only serves the log must never need the
// issuer's.
#pragma once

#include <string>

#include "ca/base/result.h"
#include "ca/merkle/note.h"

namespace chancery::audit {

// Reads an Ed25519 key (PKCS#8, PEM, unencrypted, mode 0600). Errors: not_found, forbidden (others may read
// it), validation.
Result<merkle::NoteSigner> open_log_key(const std::string& path, const std::string& origin);

// Draws a new key and writes it. Errors: conflict (the file exists), validation (origin), unavailable.
Result<merkle::NoteSigner> create_log_key(const std::string& path, const std::string& origin);

}  // namespace chancery::audit
