#include "ca/keys/file_key_store.h"

#include "ca/base/file.h"

namespace chancery::keys {
namespace {

constexpr std::size_t minimum_passphrase = 12;
constexpr mode_t key_mode = 0600;

}  // namespace

Result<std::unique_ptr<Signer>> create_key_file(const std::string& path, crypto::KeyType type,
                                                const SecretBytes& passphrase) {
  if (passphrase.size() < minimum_passphrase) {
    return make_error(ErrorCode::validation, "the passphrase for " + path + " is too short; use at least " +
                                                 std::to_string(minimum_passphrase) + " characters");
  }
  Result<crypto::PrivateKey> key = crypto::PrivateKey::generate(type);
  if (!key) return std::move(key).error();
  const Result<std::string> pem = key->to_encrypted_pem(passphrase);
  if (!pem) return pem.error();
  if (Result<void> written = write_new_file(path, as_bytes(*pem), key_mode); !written) {
    return std::move(written).error();
  }
  return make_memory_signer(std::move(*key));
}

Result<std::unique_ptr<Signer>> open_key_file(const std::string& path, const SecretBytes& passphrase) {
  const Result<SecretBytes> text = read_secret_file(path);
  if (!text) return text.error();
  Result<crypto::PrivateKey> key =
      crypto::PrivateKey::from_encrypted_pem(as_text(text->reveal()), passphrase);
  if (!key) return with_context(std::move(key).error(), path);
  return make_memory_signer(std::move(*key));
}

}  // namespace chancery::keys
