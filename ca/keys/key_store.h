// Custody of a CA's signing key. Who holds a Signer may sign; only ca/issuance and ca/ceremony ever ask for
// one.
#pragma once

#include <memory>
#include <string>

#include "ca/base/bytes.h"
#include "ca/base/result.h"
#include "ca/crypto/algorithms.h"
#include "ca/crypto/private_key.h"
#include "ca/crypto/public_key.h"

namespace chancery::keys {

class Signer {
 public:
  virtual ~Signer() = default;
  [[nodiscard]] virtual const crypto::PublicKey& public_key() const = 0;
  // Thread-safe. Errors: unavailable (token gone), internal.
  [[nodiscard]] virtual Result<Bytes> sign(crypto::SignatureAlgorithm algorithm, ByteView message) const = 0;
};

// A key held in memory.
std::unique_ptr<Signer> make_memory_signer(crypto::PrivateKey key);

}  // namespace chancery::keys
