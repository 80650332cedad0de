// A private key in this process's memory.
#pragma once

#include <memory>
#include <string>

#include "ca/base/bytes.h"
#include "ca/base/result.h"
#include "ca/crypto/algorithms.h"
#include "ca/crypto/public_key.h"

namespace chancery::crypto {

// Move-only. sign() is thread-safe: it copies a prepared digest context instead of building one a call.
class PrivateKey {
 public:
  // Drawn from OpenSSL's generator. `bits` matters for RSA only: 1024 (for tests of the quality
  // check) to 8192, a multiple of 8. Errors: validation, internal.
  static Result<PrivateKey> generate(KeyType type);
  // Unencrypted PKCS#8 (RFC 5958), DER.
  static Result<PrivateKey> from_pkcs8(ByteView der);
  // PBES2 with scrypt N=2^14 r=8 p=5 and AES-256-CBC (RFC 7914, RFC 8018), PEM label ENCRYPTED PRIVATE KEY:
  // `openssl pkcs8` reads it. Errors: unauthorized (wrong passphrase), validation (not such a file).
  static Result<PrivateKey> from_encrypted_pem(std::string_view pem, const SecretBytes& passphrase);

  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  PrivateKey(const PrivateKey&) = delete;
  PrivateKey& operator=(const PrivateKey&) = delete;
  ~PrivateKey();

  [[nodiscard]] const PublicKey& public_key() const;
  [[nodiscard]] Result<Bytes> sign(SignatureAlgorithm algorithm, ByteView message) const;
  [[nodiscard]] Result<SecretBytes> to_pkcs8() const;
  [[nodiscard]] Result<std::string> to_encrypted_pem(const SecretBytes& passphrase) const;

  struct State;

 private:
  explicit PrivateKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace chancery::crypto
