// Signing with a key in a token: inside ca/keys/token only.
#pragma once

#include <memory>

#include "ca/keys/key_store.h"
#include "ca/keys/token/pkcs11.h"

namespace chancery::keys {

// A signer of this pair, which has signed once and been verified. Expects the session's mutex to be held; the
// signer's own sign() takes it. Errors: validation (the halves do not belong together).
Result<std::unique_ptr<Signer>> make_token_signer(const std::shared_ptr<TokenSession::State>& session,
                                                  CK_OBJECT_HANDLE private_key, crypto::PublicKey public_key);

}  // namespace chancery::keys
