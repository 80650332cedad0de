#include "ca/ceremony/custody/throw_away_custody.h"

namespace chancery::ceremony {
namespace {

class InMemory final : public Custody {
 public:
  Result<std::unique_ptr<keys::Signer>> make(crypto::KeyType type) override {
    Result<crypto::PrivateKey> key = crypto::PrivateKey::generate(type);
    if (!key) return std::move(key).error();
    return keys::make_memory_signer(std::move(*key));
  }
  Result<std::string> prove_backup() override { return std::string("none: the key is thrown away"); }
  Result<std::unique_ptr<keys::Signer>> open() override {
    return make_error(ErrorCode::not_found, "a key that was thrown away cannot be opened");
  }
  Result<void> check_destroyable() override { return {}; }
  Result<void> destroy() override { return {}; }
  [[nodiscard]] const std::vector<CustodyFile>& files() const override { return files_; }

 private:
  std::vector<CustodyFile> files_;
};

}  // namespace

std::unique_ptr<Custody> throw_away_custody() {
  return std::make_unique<InMemory>();
}

}  // namespace chancery::ceremony
