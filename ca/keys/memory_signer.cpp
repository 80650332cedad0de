#include "ca/keys/key_store.h"

namespace chancery::keys {
namespace {

class MemorySigner final : public Signer {
 public:
  explicit MemorySigner(crypto::PrivateKey key) : key_(std::move(key)) {}
  [[nodiscard]] const crypto::PublicKey& public_key() const override { return key_.public_key(); }
  [[nodiscard]] Result<Bytes> sign(crypto::SignatureAlgorithm algorithm, ByteView message) const override {
    return key_.sign(algorithm, message);
  }

 private:
  crypto::PrivateKey key_;
};

}  // namespace

std::unique_ptr<Signer> make_memory_signer(crypto::PrivateKey key) {
  return std::make_unique<MemorySigner>(std::move(key));
}

}  // namespace chancery::keys
