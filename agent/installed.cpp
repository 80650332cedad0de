#include "agent/installed.h"

#include <algorithm>
#include <cstring>

#include "ca/base/file.h"

namespace chancery::agent {
namespace {

Error damaged(const std::string& path, const std::string& what) {
  return make_error(ErrorCode::validation,
                    "what is installed in " + path + " is damaged: " + what +
                        "; remove that folder, and a new one is made from the next certificate");
}

// Key files may be readable by a group, so read_secret_file is too strict here.
Result<crypto::PrivateKey> read_key(const std::string& path) {
  Result<std::string> text = read_file(path, pem_limit);
  if (!text) return text.error();
  Result<crypto::PrivateKey> key = parse_key_pem(*text);
  explicit_bzero(text->data(), text->size());
  return key;
}

}  // namespace

std::string current_path(const std::string& directory) {
  return directory + "/current";
}

std::string version_path(const std::string& directory, const std::string& serial) {
  return directory + "/versions/" + serial;
}

Result<Version> read_version(const std::string& path) {
  Result<std::string> text = read_file(path + "/certificate.pem", pem_limit);
  if (!text) return text.error();
  Result<std::vector<x509::Certificate>> chain = x509::parse_pem_chain(*text);
  if (!chain) return damaged(path, chain.error().message);
  Result<crypto::PrivateKey> key = read_key(path + "/key.pem");
  if (!key) return damaged(path, key.error().message);
  if (!same_key(key->public_key(), chain->front()))
    return damaged(path, "key.pem is not the certificate's key");
  return Version{chain->front(), {chain->begin() + 1, chain->end()}};
}

Result<crypto::PrivateKey> parse_key_pem(std::string_view pem) {
  std::optional<std::vector<PemBlock>> blocks = parse_pem(pem);
  if (!blocks || blocks->size() != 1 || blocks->front().label != "PRIVATE KEY") {
    return make_error(ErrorCode::validation,
                      "the key is not one PEM block PRIVATE KEY; write it unencrypted, as PKCS#8");
  }
  Result<crypto::PrivateKey> key = crypto::PrivateKey::from_pkcs8(blocks->front().der);
  explicit_bzero(blocks->front().der.data(), blocks->front().der.size());
  return key;
}

Result<SecretBytes> key_to_pem(const crypto::PrivateKey& key) {
  Result<SecretBytes> der = key.to_pkcs8();
  if (!der) return der.error();
  std::string pem = to_pem("PRIVATE KEY", der->reveal());
  SecretBytes secret = SecretBytes::copy_of(as_bytes(pem));
  explicit_bzero(pem.data(), pem.size());
  return secret;
}

bool same_key(const crypto::PublicKey& key, const x509::Certificate& certificate) {
  return equal(key.spki(), certificate.fields().spki);
}

}  // namespace chancery::agent
