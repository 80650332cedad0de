// Keys in encrypted files: PKCS#8, PBES2 with scrypt (see crypto/private_key.h).
#pragma once

#include <memory>
#include <string>

#include "ca/keys/key_store.h"

namespace chancery::keys {

// Generates a key and writes it to a new file, mode 0600, encrypted under `passphrase` (at least 12 octets).
// Errors: conflict (the file exists), validation (passphrase too short), unavailable.
Result<std::unique_ptr<Signer>> create_key_file(const std::string& path, crypto::KeyType type,
                                                const SecretBytes& passphrase);

// Opens such a file. Errors: not_found, forbidden (readable by others), unauthorized (wrong passphrase),
// validation.
Result<std::unique_ptr<Signer>> open_key_file(const std::string& path, const SecretBytes& passphrase);

}  // namespace chancery::keys
