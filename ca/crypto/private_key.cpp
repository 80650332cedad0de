#include "ca/crypto/private_key.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include <array>
#include <optional>

#include "ca/crypto/openssl.h"
#include "ca/crypto/private_key_state.h"
#include "ca/crypto/signature.h"
#include "ca/crypto/spki.h"

namespace chancery::crypto {
namespace {

Error openssl_failure(const std::string& what) {
  return make_error(ErrorCode::internal, what, drain_errors());
}

EvpPkey generate_key(const KeyType& type) {
  switch (type.algorithm) {
    case KeyAlgorithm::ec_p256:
      return EvpPkey(EVP_EC_gen("P-256"));
    case KeyAlgorithm::ec_p384:
      return EvpPkey(EVP_EC_gen("P-384"));
    case KeyAlgorithm::ec_p521:
      return EvpPkey(EVP_EC_gen("P-521"));
    case KeyAlgorithm::ed25519:
      return EvpPkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    case KeyAlgorithm::rsa:
      return EvpPkey(EVP_RSA_gen(static_cast<unsigned int>(type.bits)));
  }
  return nullptr;
}

Result<PublicKey> public_half(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(
      der, [](unsigned char* p) { OPENSSL_free(p); });
  if (size <= 0) return openssl_failure("the public half of the key cannot be encoded");
  return PublicKey::from_spki(ByteView(der, static_cast<std::size_t>(size)));
}

// A key file whose halves do not belong together would sign certificates that nobody can verify.
Result<void> check_pair(const PrivateKey& key) {
  static constexpr std::string_view probe = "chancery key pair check";
  const SignatureAlgorithm algorithm = default_signature(key.public_key().type());
  const Result<Bytes> signature = key.sign(algorithm, as_bytes(probe));
  if (!signature) return signature.error();
  if (!key.public_key().verify(algorithm, as_bytes(probe), *signature)) {
    return make_error(ErrorCode::validation, "the private key and its public key do not belong together");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<PrivateKey::State>> PrivateKey::State::around(EvpPkey key) {
  Result<PublicKey> half = public_half(key.get());
  if (!half) return std::move(half).error();
  auto state = std::make_unique<State>(std::move(key), std::move(*half));
  for (std::size_t i = 0; i < state->prepared.size(); ++i) {
    const auto algorithm = static_cast<SignatureAlgorithm>(i);
    const EVP_MD* digest = digest_of(algorithm);
    if (digest == nullptr || !fits(algorithm, state->public_key.type().algorithm)) continue;
    EvpMdCtx context(EVP_MD_CTX_new());
    if (!context || EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, state->key.get()) != 1) {
      return openssl_failure("the key cannot be prepared for signing");
    }
    state->prepared.at(i) = std::move(context);
  }
  return state;
}

PrivateKey::PrivateKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

Result<PrivateKey> PrivateKey::generate(KeyType type) {
  if (type.algorithm == KeyAlgorithm::rsa &&
      (type.bits < 1024 || type.bits > rsa_limit || type.bits % 8 != 0)) {
    return make_error(ErrorCode::validation,
                      "RSA keys have 2048 to 8192 bits, a multiple of 8; got " + std::to_string(type.bits));
  }
  ERR_clear_error();
  EvpPkey key = generate_key(type);
  if (!key) return openssl_failure("OpenSSL could not generate a key");
  Result<std::unique_ptr<State>> state = State::around(std::move(key));
  if (!state) return std::move(state).error();
  return PrivateKey(std::move(*state));
}

Result<PrivateKey> PrivateKey::from_pkcs8(ByteView der) {
  static constexpr std::string_view wrong =
      "this is not a private key of a supported kind in PKCS#8 (RFC 5958)";
  ERR_clear_error();
  const unsigned char* cursor = der.data();
  const Pkcs8Info info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &cursor, static_cast<long>(der.size())));
  if (!info || cursor != der.data() + der.size()) {
    return make_error(ErrorCode::validation, std::string(wrong), drain_errors());
  }
  EvpPkey key(EVP_PKCS82PKEY(info.get()));
  if (!key) return make_error(ErrorCode::validation, std::string(wrong), drain_errors());
  Result<std::unique_ptr<State>> state = State::around(std::move(key));
  if (!state) {
    const Error& cause = state.error();
    return make_error(ErrorCode::validation, std::string(wrong), cause.message + " " + cause.internal);
  }
  PrivateKey result(std::move(*state));
  if (Result<void> pair = check_pair(result); !pair) return std::move(pair).error();
  return result;
}

const PublicKey& PrivateKey::public_key() const {
  return state_->public_key;
}

Result<Bytes> PrivateKey::sign(SignatureAlgorithm algorithm, ByteView message) const {
  const KeyAlgorithm kind = state_->public_key.type().algorithm;
  if (!fits(algorithm, kind)) {
    return make_error(ErrorCode::validation, "a " + std::string(to_string(kind)) + " key cannot sign with " +
                                                 std::string(to_string(algorithm)));
  }
  ERR_clear_error();
  const EvpMdCtx context(EVP_MD_CTX_new());
  const EVP_MD_CTX* prepared = state_->prepared.at(static_cast<std::size_t>(algorithm)).get();
  const bool ready = context && (prepared != nullptr ? EVP_MD_CTX_copy_ex(context.get(), prepared) == 1
                                                     : EVP_DigestSignInit(context.get(), nullptr, nullptr,
                                                                          nullptr, state_->key.get()) == 1);
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(state_->key.get()));
  Bytes signature(size);
  if (!ready || EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1) {
    return openssl_failure("the key could not sign");
  }
  signature.resize(size);
  return signature;
}

Result<SecretBytes> PrivateKey::to_pkcs8() const {
  ERR_clear_error();
  const Pkcs8Info info(EVP_PKEY2PKCS8(state_->key.get()));
  const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr) : 0;
  if (size <= 0) return openssl_failure("the private key could not be encoded");
  SecretBytes out(static_cast<std::size_t>(size));
  unsigned char* cursor = out.writable().data();
  if (i2d_PKCS8_PRIV_KEY_INFO(info.get(), &cursor) != size)
    return openssl_failure("the private key could not be encoded");
  return out;
}

}  // namespace chancery::crypto
