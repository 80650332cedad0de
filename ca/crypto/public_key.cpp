#include "ca/crypto/public_key.h"

#include <openssl/err.h>

#include <array>
#include <stdexcept>

#include "ca/crypto/digest.h"
#include "ca/crypto/openssl.h"
#include "ca/crypto/signature.h"
#include "ca/crypto/spki.h"

namespace chancery::crypto {

struct PublicKey::State {
  Bytes spki;
  KeyType type;
  std::array<std::uint8_t, 20> key_identifier;
  EvpPkey key;
};

namespace {

// A key with its curve and nothing else: copying one is 30 times cheaper than decoding an SPKI.
EvpPkey make_curve_template(const char* group) {
  const EvpPkey any(EVP_EC_gen(group));
  EvpPkey parameters(EVP_PKEY_new());
  if (!any || !parameters || EVP_PKEY_copy_parameters(parameters.get(), any.get()) != 1) {
    throw std::runtime_error(std::string("OpenSSL offers no curve ") + group + ": " + drain_errors());
  }
  return parameters;
}

EVP_PKEY* curve_template(KeyAlgorithm algorithm) {
  static const EvpPkey p256 = make_curve_template("P-256");
  static const EvpPkey p384 = make_curve_template("P-384");
  static const EvpPkey p521 = make_curve_template("P-521");
  if (algorithm == KeyAlgorithm::ec_p256) return p256.get();
  return algorithm == KeyAlgorithm::ec_p384 ? p384.get() : p521.get();
}

EvpPkey make_ec_key(const SpkiParts& parts) {
  EvpPkey key(EVP_PKEY_dup(curve_template(parts.type.algorithm)));
  // Checks that the point is on the curve.
  if (!key || EVP_PKEY_set1_encoded_public_key(key.get(), parts.key.data(), parts.key.size()) != 1)
    return nullptr;
  return key;
}

EvpPkey make_key(const SpkiParts& parts) {
  switch (parts.type.algorithm) {
    case KeyAlgorithm::ec_p256:
    case KeyAlgorithm::ec_p384:
    case KeyAlgorithm::ec_p521:
      return make_ec_key(parts);
    case KeyAlgorithm::ed25519:
      return EvpPkey(
          EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, parts.key.data(), parts.key.size()));
    case KeyAlgorithm::rsa: {
      const unsigned char* cursor = parts.key.data();
      return EvpPkey(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &cursor, static_cast<long>(parts.key.size())));
    }
  }
  return nullptr;
}

}  // namespace

Result<PublicKey> PublicKey::from_spki(ByteView spki) {
  const Result<SpkiParts> parts = read_spki(spki);
  if (!parts) return parts.error();
  ERR_clear_error();
  EvpPkey key = make_key(*parts);
  if (!key) {
    return make_error(ErrorCode::validation,
                      "the public key is not a valid " + std::string(to_string(parts->type.algorithm)) +
                          " key (is the point on the curve?); make a new key pair",
                      drain_errors());
  }
  return PublicKey(
      std::make_shared<const State>(State{to_bytes(spki), parts->type, sha1(parts->key), std::move(key)}));
}

Result<PublicKey> PublicKey::from_ec_point(KeyAlgorithm curve, ByteView point) {
  const std::optional<Bytes> spki = write_ec_spki(curve, point);
  if (!spki) {
    return make_error(ErrorCode::validation, "this is not an uncompressed point of " +
                                                 std::string(to_string(curve)) + "; make a new key pair");
  }
  return from_spki(*spki);
}

ByteView PublicKey::spki() const {
  return state_->spki;
}
const KeyType& PublicKey::type() const {
  return state_->type;
}
ByteView PublicKey::key_identifier() const {
  return state_->key_identifier;
}

Result<void> PublicKey::verify(SignatureAlgorithm algorithm, ByteView message, ByteView signature) const {
  if (!fits(algorithm, state_->type.algorithm)) {
    return make_error(ErrorCode::validation, "a " + std::string(to_string(state_->type.algorithm)) +
                                                 " key cannot have made a signature of algorithm " +
                                                 std::string(to_string(algorithm)));
  }
  ERR_clear_error();
  const EvpMdCtx context(EVP_MD_CTX_new());
  if (!context ||
      EVP_DigestVerifyInit(context.get(), nullptr, digest_of(algorithm), nullptr, state_->key.get()) != 1) {
    return make_error(ErrorCode::internal, "the signature could not be checked", drain_errors());
  }
  // It is used once: without the flag OpenSSL would verify with a copy of it.
  EVP_MD_CTX_set_flags(context.get(), EVP_MD_CTX_FLAG_FINALISE);
  if (EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) !=
      1) {
    return make_error(ErrorCode::validation, "the signature does not match the key and the signed bytes",
                      drain_errors());
  }
  return {};
}

}  // namespace chancery::crypto
