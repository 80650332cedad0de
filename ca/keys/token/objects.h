// Objects in a token: inside ca/keys/token only. Every function expects the session's mutex to be held.
#pragma once

#include <vector>

#include "ca/crypto/public_key.h"
#include "ca/keys/token/pkcs11.h"

namespace chancery::keys {

using Objects = std::vector<CK_OBJECT_HANDLE>;

// At most 1024. Errors: unavailable, and what pkcs11_error says.
Result<Objects> find_objects(TokenSession::State& session, CK_OBJECT_CLASS kind, CK_ATTRIBUTE_TYPE type,
                             ByteView value);
Result<Objects> find_objects(TokenSession::State& session, CK_OBJECT_CLASS kind);

// At most 4096 octets.
Result<Bytes> read_attribute(TokenSession::State& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);
Result<bool> read_flag(TokenSession::State& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);

// The one private key of this label. Errors: not_found (naming the labels that exist), conflict.
Result<CK_OBJECT_HANDLE> find_private_key(TokenSession::State& session, const std::string& label);
// The public keys with the CKA_ID of `private_key`.
Result<Objects> find_public_halves(TokenSession::State& session, CK_OBJECT_HANDLE private_key);
Result<std::vector<std::string>> private_key_labels(TokenSession::State& session);

// From CKA_EC_PARAMS (a named curve) and CKA_EC_POINT (DER, or bare as older tokens have it). Errors:
// validation.
Result<crypto::PublicKey> read_public_key(TokenSession::State& session, CK_OBJECT_HANDLE public_key);

// DER of namedCurve (RFC 5480 2.1.1); empty for a kind of key that tokens are not asked for.
ByteView curve_parameters(crypto::KeyAlgorithm curve);

// Errors: forbidden, naming the attribute: the key is or was readable, or was not made in the token.
Result<void> check_custody(TokenSession::State& session, CK_OBJECT_HANDLE private_key);

}  // namespace chancery::keys
