#include "ca/ceremony/custody/file_custody.h"

#include <utility>

#include "ca/base/file.h"
#include "ca/ceremony/custody/secret_file.h"
#include "ca/keys/file_key_store.h"

namespace chancery::ceremony {
namespace {

constexpr mode_t secret_mode = 0600;

// From the medium, not from memory: what it gives is what there will be.
Result<std::unique_ptr<keys::Signer>> reopen(const std::string& path, const SecretBytes& passphrase,
                                             const crypto::PublicKey& made) {
  Result<std::unique_ptr<keys::Signer>> key = keys::open_key_file(path, passphrase);
  if (!key) return with_context(std::move(key).error(), "the key just encrypted does not open again");
  if (equal((*key)->public_key().spki(), made.spki())) return key;
  return make_error(ErrorCode::internal,
                    "the key just encrypted opens as another key; do not use this machine");
}

class EncryptedFile final : public Custody {
 public:
  EncryptedFile(const FileCustody& plan, const CustodySurroundings& surroundings)
      : plan_(plan),
        name_(surroundings.file_prefix + plan.file),
        folder_(surroundings.folder),
        id_(surroundings.question),
        asked_(any_of(surroundings.officers) + ": "),
        of_(surroundings.key + ", in the file " + name_),
        conversation_(surroundings.conversation) {}

  Result<std::unique_ptr<keys::Signer>> make(crypto::KeyType type) override {
    const Result<SecretBytes> passphrase =
        conversation_.new_passphrase({id_, asked_ + "a passphrase for " + of_});
    if (!passphrase) return passphrase.error();
    const Result<crypto::PrivateKey> made = crypto::PrivateKey::generate(type);
    if (!made) return made.error();
    Result<std::string> pem = made->to_encrypted_pem(*passphrase);
    if (!pem) return std::move(pem).error();
    const std::string path = path_in(folder_, name_);
    if (Result<void> ok = write_new_file(path, as_bytes(*pem), secret_mode); !ok)
      return std::move(ok).error();
    files_.push_back({name_, std::move(*pem)});
    return reopen(path, *passphrase, made->public_key());
  }

  Result<std::unique_ptr<keys::Signer>> open() override {
    std::unique_ptr<keys::Signer> key;
    const Result<void> opened =
        conversation_.secret({id_, asked_ + "the passphrase of " + of_}, [&](const SecretBytes& passphrase) {
          Result<std::unique_ptr<keys::Signer>> found =
              keys::open_key_file(path_in(folder_, plan_.file), passphrase);
          if (!found) return Result<void>(std::move(found).error());
          key = std::move(*found);
          return Result<void>();
        });
    if (!opened) return opened.error();
    return key;
  }

  Result<std::string> prove_backup() override {
    return std::string("opened again from the file as it was written; there is no backup");
  }
  [[nodiscard]] const std::vector<CustodyFile>& files() const override { return files_; }

 private:
  FileCustody plan_;
  std::string name_, folder_;
  std::string id_, asked_, of_;  // of the questions
  Conversation& conversation_;
  std::vector<CustodyFile> files_;
};

}  // namespace

std::unique_ptr<Custody> file_custody(const FileCustody& plan, const CustodySurroundings& surroundings) {
  return std::make_unique<EncryptedFile>(plan, surroundings);
}

}  // namespace chancery::ceremony
