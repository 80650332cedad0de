#include "ca/ceremony/custody/share_custody.h"

#include <algorithm>
#include <utility>

#include "ca/base/file.h"
#include "ca/ceremony/custody/secret_file.h"
#include "ca/shares/quorum.h"
#include "ca/shares/split_key.h"

namespace chancery::ceremony {
namespace {

constexpr mode_t secret_mode = 0600;

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Result<shares::ShareFile> read_share(const std::string& path) {
  // Sealed, but a passphrase can be guessed at leisure: as private as a key file.
  const Result<SecretBytes> content = read_secret_file(path, shares::share_file_limit);
  if (!content) return content.error();
  // The line feed that reading a secret strips is part of the file's form.
  Result<shares::ShareFile> share = shares::read_share_file(std::string(as_text(content->reveal())) + "\n");
  if (!share) return with_context(std::move(share).error(), path);
  return share;
}

Result<void> check_expected(const shares::ShareFile& share, const std::string& path, const ShareCustody& plan,
                            const std::vector<std::string>& officers) {
  const std::string whose = "share of " + share.officer + " (" + path + "): ";
  if (share.threshold != plan.threshold || share.shares != plan.officers) {
    return make_error(ErrorCode::validation, whose + "it is one of " + std::to_string(share.threshold) +
                                                 " of " + std::to_string(share.shares) +
                                                 ", and not as the script says");
  }
  if (std::find(officers.begin(), officers.end(), share.officer) != officers.end()) return {};
  return make_error(ErrorCode::validation,
                    whose + share.officer + " is not among the script's crypto officers");
}

class InShares final : public Custody {
 public:
  InShares(const ShareCustody& plan, const CustodySurroundings& surroundings)
      : plan_(plan), surroundings_(surroundings) {}

  Result<std::unique_ptr<keys::Signer>> make(crypto::KeyType type) override {
    Result<std::vector<shares::Officer>> officers = ask_officers();
    if (!officers) return std::move(officers).error();
    const Result<crypto::PrivateKey> key = crypto::PrivateKey::generate(type);
    if (!key) return key.error();
    return deal(*key, *officers);
  }

  Result<std::string> prove_backup() override {
    const unsigned first = plan_.officers - plan_.threshold;
    shares::Quorum quorum(key_, surroundings_.kdf);
    std::vector<std::string> names;
    for (unsigned i = first; i < plan_.officers; ++i) {
      const std::string question = surroundings_.question + ".restore." + std::to_string(i + 1);
      const Result<std::string> name = ask_share(quorum, new_path(i), question);
      if (!name) return name.error();
      names.push_back(*name);
    }
    const Result<crypto::PrivateKey> restored = quorum.join();
    if (!restored) return restored.error();
    opened_by_ = std::move(names);
    return "by " + list_of(opened_by_);
  }

  Result<std::unique_ptr<keys::Signer>> open() override {
    quorum_.emplace(surroundings_.expected.value(), surroundings_.kdf);
    opened_by_.clear();
    for (std::size_t i = 0; i < plan_.files.size(); ++i) {
      const Result<std::string> name = ask_share(*quorum_, path_in(surroundings_.folder, plan_.files[i]),
                                                 surroundings_.question + "." + std::to_string(i + 1));
      if (!name) return name.error();
      opened_by_.push_back(*name);
    }
    return joined(*quorum_);
  }

  Result<std::unique_ptr<Custody>> deal_anew(const ShareCustody& plan,
                                             const CustodySurroundings& surroundings) override {
    const Result<crypto::PrivateKey> key = quorum_.value().join();
    if (!key) return key.error();
    auto anew = std::make_unique<InShares>(plan, surroundings);
    const Result<std::vector<shares::Officer>> officers = anew->ask_officers();
    if (!officers) return officers.error();
    if (Result<std::unique_ptr<keys::Signer>> dealt = anew->deal(*key, *officers); !dealt)
      return std::move(dealt).error();
    return std::unique_ptr<Custody>(std::move(anew));
  }

  [[nodiscard]] const std::vector<CustodyFile>& files() const override { return files_; }
  [[nodiscard]] std::vector<std::string> officers() const override { return opened_by_; }
  [[nodiscard]] std::string dealing() const override { return to_hex(set_); }

 private:
  [[nodiscard]] std::string new_name(unsigned i) const {
    return surroundings_.file_prefix + share_file_name(surroundings_.file_stem, i + 1);
  }
  [[nodiscard]] std::string new_path(unsigned i) const { return path_in(surroundings_.folder, new_name(i)); }

  Result<std::vector<shares::Officer>> ask_officers() {
    std::vector<shares::Officer> officers;
    for (unsigned i = 0; i < plan_.officers; ++i) {
      const std::string& name = surroundings_.officers.at(i);
      Result<SecretBytes> passphrase = surroundings_.conversation.new_passphrase(
          {surroundings_.question + "." + std::to_string(i + 1),
           name + ": a passphrase for your share of " + surroundings_.key});
      if (!passphrase) return std::move(passphrase).error();
      officers.push_back({name, std::move(*passphrase)});
    }
    return officers;
  }

  // Goes on with the key that the first M officers' files give back from the disk.
  Result<std::unique_ptr<keys::Signer>> deal(const crypto::PrivateKey& key,
                                             const std::vector<shares::Officer>& officers) {
    key_ = shares::key_fingerprint(key.public_key());
    const Result<std::vector<shares::ShareFile>> dealt =
        shares::split_key(key, plan_.threshold, officers, surroundings_.kdf, surroundings_.random);
    if (!dealt) return dealt.error();
    set_ = dealt->front().set;
    for (unsigned i = 0; i < plan_.officers; ++i) {
      std::string text = shares::write_share_file((*dealt)[i]);
      if (Result<void> ok = write_new_file(new_path(i), as_bytes(text), secret_mode); !ok)
        return std::move(ok).error();
      files_.push_back({new_name(i), std::move(text)});
    }
    shares::Quorum quorum(key_, surroundings_.kdf);
    for (unsigned i = 0; i < plan_.threshold; ++i) {
      const Result<shares::ShareFile> share = read_share(new_path(i));
      if (!share) return share.error();
      if (Result<void> ok = quorum.open(*share, new_name(i), officers[i].passphrase); !ok)
        return std::move(ok).error();
    }
    return joined(quorum);
  }

  // Whose it is. Nobody is asked for the passphrase of a share that cannot be the right one.
  Result<std::string> ask_share(shares::Quorum& quorum, const std::string& path,
                                const std::string& question) {
    const Result<shares::ShareFile> share = read_share(path);
    if (!share) return share.error();
    if (Result<void> ok = quorum.check(*share, path); !ok) return std::move(ok).error();
    if (Result<void> ok = check_expected(*share, path, plan_, surroundings_.officers); !ok)
      return std::move(ok).error();
    const Result<void> opened = surroundings_.conversation.secret(
        {question, share->officer + ": the passphrase of your share of " + surroundings_.key},
        [&](const SecretBytes& passphrase) { return quorum.open(*share, path, passphrase); });
    if (!opened) return opened.error();
    set_ = share->set;
    return share->officer;
  }

  static Result<std::unique_ptr<keys::Signer>> joined(const shares::Quorum& quorum) {
    Result<crypto::PrivateKey> key = quorum.join();
    if (!key) return std::move(key).error();
    return keys::make_memory_signer(std::move(*key));
  }

  ShareCustody plan_;
  CustodySurroundings surroundings_;
  crypto::Sha256Digest key_{};            // of what was dealt
  std::optional<shares::Quorum> quorum_;  // of what was opened
  std::vector<std::string> opened_by_;
  shares::SetId set_{};
  std::vector<CustodyFile> files_;
};

}  // namespace

std::string share_file_name(const std::string& stem, unsigned number) {
  return stem + "." + std::to_string(number) + ".share";
}

Result<void> check_brought(const ShareCustody& plan, const std::string& folder,
                           const std::vector<std::string>& officers, const crypto::Sha256Digest& key,
                           const shares::KdfPolicy& kdf) {
  std::vector<shares::Quorum::Laid> laid;
  for (const std::string& file : plan.files) {
    const std::string path = path_in(folder, file);
    Result<shares::ShareFile> share = read_share(path);
    if (!share) return std::move(share).error();
    if (Result<void> ok = check_expected(*share, path, plan, officers); !ok) return ok;
    laid.push_back({std::move(*share), path});
  }
  return shares::Quorum(key, kdf).check_together(laid);
}

std::unique_ptr<Custody> share_custody(const ShareCustody& plan, const CustodySurroundings& surroundings) {
  return std::make_unique<InShares>(plan, surroundings);
}

}  // namespace chancery::ceremony
