#include "ca/keys/token/token_signer.h"

#include <algorithm>
#include <optional>

#include "ca/crypto/digest.h"
#include "ca/keys/token/ecdsa_signature.h"
#include "ca/keys/token/pkcs11_error.h"

namespace chancery::keys {
namespace {

constexpr std::size_t raw_limit = 132;  // octets: r and s of P-521

bool is_ecdsa(crypto::SignatureAlgorithm algorithm) {
  return algorithm == crypto::SignatureAlgorithm::ecdsa_sha256 ||
         algorithm == crypto::SignatureAlgorithm::ecdsa_sha384 ||
         algorithm == crypto::SignatureAlgorithm::ecdsa_sha512;
}

class TokenSigner final : public Signer {
 public:
  TokenSigner(std::shared_ptr<TokenSession::State> session, CK_OBJECT_HANDLE key, crypto::PublicKey half)
      : session_(std::move(session)), key_(key), public_key_(std::move(half)) {}

  [[nodiscard]] const crypto::PublicKey& public_key() const override { return public_key_; }

  [[nodiscard]] Result<Bytes> sign(crypto::SignatureAlgorithm algorithm, ByteView message) const override {
    const std::scoped_lock lock(session_->mutex);
    return sign_locked(algorithm, message);
  }

  [[nodiscard]] Result<Bytes> sign_locked(crypto::SignatureAlgorithm algorithm, ByteView message) const {
    std::optional<Bytes> digest;
    if (is_ecdsa(algorithm)) digest = crypto::message_digest(algorithm, message);
    if (!digest) {
      return make_error(ErrorCode::validation, "an elliptic-curve key cannot sign with " +
                                                   std::string(crypto::to_string(algorithm)));
    }
    // The leftmost bits count (FIPS 186-4 6.4); not every token cuts a digest that is longer than the curve's
    // order.
    digest->resize(std::min(digest->size(), field_octets()));
    const Result<Bytes> raw = raw_signature(*digest);
    if (!raw) return raw.error();
    std::optional<Bytes> der = raw->size() == 2 * field_octets() ? ecdsa_sig_value(*raw) : std::nullopt;
    if (!der) return make_error(ErrorCode::internal, "the token gave a signature of a wrong form");
    return *std::move(der);
  }

 private:
  [[nodiscard]] std::size_t field_octets() const {
    return (static_cast<std::size_t>(public_key_.type().bits) + 7) / 8;
  }

  [[nodiscard]] Result<Bytes> raw_signature(Bytes& digest) const {
    CK_MECHANISM mechanism{CKM_ECDSA, nullptr, 0};
    const CK_FUNCTION_LIST& call = session_->call();
    if (const CK_RV result = call.C_SignInit(session_->handle, &mechanism, key_); result != CKR_OK) {
      return pkcs11_error(result, "sign");
    }
    Bytes raw(raw_limit);
    CK_ULONG size = raw.size();
    const CK_RV result = call.C_Sign(session_->handle, digest.data(), digest.size(), raw.data(), &size);
    if (result != CKR_OK) return pkcs11_error(result, "sign");
    raw.resize(std::min<std::size_t>(size, raw.size()));
    return raw;
  }

  std::shared_ptr<TokenSession::State> session_;
  CK_OBJECT_HANDLE key_;
  crypto::PublicKey public_key_;
};

}  // namespace

Result<std::unique_ptr<Signer>> make_token_signer(const std::shared_ptr<TokenSession::State>& session,
                                                  CK_OBJECT_HANDLE private_key,
                                                  crypto::PublicKey public_key) {
  auto signer = std::make_unique<TokenSigner>(session, private_key, std::move(public_key));
  // The public half lies in the token unprotected by the PIN: only a signature shows whose it is.
  static constexpr std::string_view probe = "chancery key pair check";
  const crypto::SignatureAlgorithm algorithm = crypto::default_signature(signer->public_key().type());
  const Result<Bytes> signature = signer->sign_locked(algorithm, as_bytes(probe));
  if (!signature) return signature.error();
  if (!signer->public_key().verify(algorithm, as_bytes(probe), *signature)) {
    return make_error(ErrorCode::validation,
                      "the private and the public key in the token do not belong together");
  }
  return Result<std::unique_ptr<Signer>>(std::move(signer));
}

}  // namespace chancery::keys
