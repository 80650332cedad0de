#include "ca/audit/log_key.h"

#include <cstring>

#include "ca/base/file.h"

namespace chancery::audit {
namespace {

constexpr mode_t owner_only = 0600;
constexpr std::string_view label = "PRIVATE KEY";
constexpr crypto::KeyType type{crypto::KeyAlgorithm::ed25519, 256};

}  // namespace

Result<merkle::NoteSigner> open_log_key(const std::string& path, const std::string& origin) {
  const Result<SecretBytes> text = read_secret_file(path);
  if (!text) return text.error();
  std::optional<std::vector<PemBlock>> blocks = parse_pem(as_text(text->reveal()));
  if (!blocks || blocks->size() != 1 || blocks->front().label != label) {
    return make_error(ErrorCode::validation,
                      path + " is no log key: one PEM block PRIVATE KEY with an Ed25519 key");
  }
  const SecretBytes der(std::move(blocks->front().der));
  Result<crypto::PrivateKey> key = crypto::PrivateKey::from_pkcs8(der.reveal());
  if (!key) return with_context(key.error(), path);
  Result<merkle::NoteSigner> signer = merkle::NoteSigner::create(origin, std::move(*key));
  if (!signer) return with_context(signer.error(), path);
  return signer;
}

Result<merkle::NoteSigner> create_log_key(const std::string& path, const std::string& origin) {
  if (Result<void> ok = merkle::check_origin(origin); !ok) return ok.error();
  Result<crypto::PrivateKey> key = crypto::PrivateKey::generate(type);
  if (!key) return key.error();
  const Result<SecretBytes> der = key->to_pkcs8();
  if (!der) return der.error();
  std::string pem = to_pem(label, der->reveal());
  const Result<void> written = write_new_file(path, as_bytes(pem), owner_only);
  explicit_bzero(pem.data(), pem.size());
  if (!written) return written.error();
  return merkle::NoteSigner::create(origin, std::move(*key));
}

}  // namespace chancery::audit
