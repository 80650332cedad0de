#include "ca/ceremony/custody/throw_away_custody.h"

#include "ca/ceremony/custody/share_custody.h"

namespace chancery::ceremony {
namespace {

class InMemory final : public Custody {
 public:
  explicit InMemory(std::optional<crypto::KeyType> stands_for) : stands_for_(stands_for) {}
  Result<std::unique_ptr<keys::Signer>> make(crypto::KeyType type) override {
    Result<crypto::PrivateKey> key = crypto::PrivateKey::generate(type);
    if (!key) return std::move(key).error();
    return keys::make_memory_signer(std::move(*key));
  }
  Result<std::string> prove_backup() override { return std::string("none: the key is thrown away"); }
  Result<std::unique_ptr<keys::Signer>> open() override {
    return make_error(ErrorCode::not_found, "a key that was thrown away cannot be opened");
  }
  Result<std::unique_ptr<Custody>> deal_anew(const ShareCustody& plan,
                                             const CustodySurroundings& surroundings) override {
    if (!stands_for_) return Custody::deal_anew(plan, surroundings);
    std::unique_ptr<Custody> played = share_custody(plan, surroundings);
    const Result<std::unique_ptr<keys::Signer>> dealt = played->make(*stands_for_);
    if (!dealt) return dealt.error();
    return played;
  }
  [[nodiscard]] const std::vector<CustodyFile>& files() const override { return files_; }

 private:
  std::optional<crypto::KeyType> stands_for_;
  std::vector<CustodyFile> files_;
};

}  // namespace

std::unique_ptr<Custody> throw_away_custody(std::optional<crypto::KeyType> stands_for) {
  return std::make_unique<InMemory>(stands_for);
}

}  // namespace chancery::ceremony
