// PrivateKey's encrypted form: PKCS#8 EncryptedPrivateKeyInfo, PBES2 with scrypt.
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>

#include <limits>
#include <optional>

#include "ca/crypto/openssl.h"
#include "ca/crypto/private_key_state.h"

namespace chancery::crypto {
namespace {

constexpr std::string_view label = "ENCRYPTED PRIVATE KEY";
constexpr std::uint64_t scrypt_n = 1U << 14U, scrypt_r = 8, scrypt_p = 5;  // 16 MiB, some 0.2 s
constexpr int salt_octets = 16;

using Pbe2Param = std::unique_ptr<PBE2PARAM, OpensslDeleter<PBE2PARAM_free>>;
using AlgorithmHandle = std::unique_ptr<X509_ALGOR, OpensslDeleter<X509_ALGOR_free>>;

Error not_such_a_file(std::string internal) {
  return make_error(
      ErrorCode::validation,
      "this is not an encrypted private key (one PEM block ENCRYPTED PRIVATE KEY, PBES2 with scrypt); "
      "`openssl pkcs8 -topk8 -scrypt -v2 aes-256-cbc` makes one",
      std::move(internal));
}

const char* characters(const SecretBytes& passphrase) {
  return passphrase.empty() ? "" : reinterpret_cast<const char*>(passphrase.reveal().data());
}

// PBKDF2 and PKCS#12's own schemes are refused: their iteration counts come from the file and are not
// bounded.
bool derived_by_scrypt(const X509_SIG* encrypted) {
  const X509_ALGOR* algorithm = nullptr;
  X509_SIG_get0(encrypted, &algorithm, nullptr);
  if (OBJ_obj2nid(algorithm->algorithm) != NID_pbes2 || algorithm->parameter == nullptr) return false;
  const Pbe2Param parameters(
      static_cast<PBE2PARAM*>(ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter)));
  return parameters && OBJ_obj2nid(parameters->keyfunc->algorithm) == NID_id_scrypt;
}

X509Sig read_encrypted(ByteView der) {
  const unsigned char* cursor = der.data();
  X509Sig encrypted(d2i_X509_SIG(nullptr, &cursor, static_cast<long>(der.size())));
  if (!encrypted || cursor != der.data() + der.size() || !derived_by_scrypt(encrypted.get())) return nullptr;
  return encrypted;
}

X509Sig encrypt(EVP_PKEY* key, const SecretBytes& passphrase) {
  const Pkcs8Info info(EVP_PKEY2PKCS8(key));
  AlgorithmHandle scheme(
      PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, salt_octets, nullptr, scrypt_n, scrypt_r, scrypt_p));
  if (!info || !scheme) return nullptr;
  X509Sig encrypted(
      PKCS8_set0_pbe(characters(passphrase), static_cast<int>(passphrase.size()), info.get(), scheme.get()));
  if (encrypted) (void)scheme.release();  // owned by `encrypted` now
  return encrypted;
}

}  // namespace

Result<PrivateKey> PrivateKey::from_encrypted_pem(std::string_view pem, const SecretBytes& passphrase) {
  const std::optional<std::vector<PemBlock>> blocks = parse_pem(pem);
  if (!blocks || blocks->size() != 1 || blocks->front().label != label) return not_such_a_file({});
  ERR_clear_error();
  const X509Sig encrypted = read_encrypted(blocks->front().der);
  if (!encrypted) return not_such_a_file(drain_errors());
  const Pkcs8Info info(
      PKCS8_decrypt(encrypted.get(), characters(passphrase), static_cast<int>(passphrase.size())));
  if (!info) {
    return make_error(ErrorCode::unauthorized, "the passphrase does not open this private key",
                      drain_errors());
  }
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
  if (size <= 0) return not_such_a_file(drain_errors());
  SecretBytes der(static_cast<std::size_t>(size));
  unsigned char* cursor = der.writable().data();
  i2d_PKCS8_PRIV_KEY_INFO(info.get(), &cursor);
  return from_pkcs8(der.reveal());
}

Result<std::string> PrivateKey::to_encrypted_pem(const SecretBytes& passphrase) const {
  ERR_clear_error();
  const X509Sig encrypted = encrypt(state_->key.get(), passphrase);
  unsigned char* der = nullptr;
  const int size = encrypted ? i2d_X509_SIG(encrypted.get(), &der) : 0;
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(
      der, [](unsigned char* p) { OPENSSL_free(p); });
  if (size <= 0)
    return make_error(ErrorCode::internal, "the private key could not be encrypted", drain_errors());
  return to_pem(label, ByteView(der, static_cast<std::size_t>(size)));
}

}  // namespace chancery::crypto
