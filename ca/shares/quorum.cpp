#include "ca/shares/quorum.h"

#include "ca/shares/split_key.h"

namespace chancery::shares {
namespace {

Error refused(const std::string& message) {
  return make_error(ErrorCode::validation, message);
}

Error about(Error error, const ShareFile& share, const std::string& file) {
  return with_context(std::move(error), "share of " + share.officer + " (" + file + ")");
}

}  // namespace

Result<void> Quorum::agrees(const ShareFile& share) const {
  for (const Opened& other : opened_) {
    const std::string whose = other.share.officer + " (" + other.file + ")";
    if (share.set != other.share.set) {
      return refused("it is of another splitting of this key than that of " + whose +
                     "; bring the shares that were dealt together");
    }
    if (share.index == other.share.index) {
      return make_error(ErrorCode::conflict, "it is the same share as that of " + whose +
                                                 ", which is here already; another officer is needed");
    }
    if (share.threshold != other.share.threshold || share.commitments != other.share.commitments) {
      return refused("it contradicts that of " + whose +
                     ": one of the two was altered by somebody who can open it; a third share shows which");
    }
  }
  return {};
}

Result<void> Quorum::judge(const ShareFile& share) const {
  if (share.key != key_) {
    return refused("it is a share of another key: of " + to_hex(share.key) + ", wanted is " + to_hex(key_));
  }
  if (Result<void> fit = check_kdf(share.sealing.kdf, kdf_); !fit) return fit;
  return agrees(share);
}

Result<void> Quorum::check(const ShareFile& share, const std::string& file) const {
  Result<void> fit = judge(share);
  if (!fit) return about(std::move(fit).error(), share, file);
  return fit;
}

Result<void> Quorum::check_together(const std::vector<Laid>& laid) const {
  Quorum trial(key_, kdf_);
  for (const Laid& one : laid) {
    if (Result<void> fit = trial.check(one.share, one.file); !fit) return fit;
    trial.opened_.push_back({one.share, one.file, SecretBytes()});
  }
  return {};
}

Result<void> Quorum::open(const ShareFile& share, const std::string& file, const SecretBytes& passphrase) {
  if (Result<void> fit = check(share, file); !fit) return fit;
  Result<SecretBytes> content =
      unseal(share.sealed, as_bytes(associated_data(share)), passphrase, share.sealing);
  if (!content) return about(std::move(content).error(), share, file);
  const Result<ShareHeader> header = read_header(*content);
  if (share.commitments.at(share.index - 1) != crypto::sha256(content->reveal()) || !header ||
      *header != ShareHeader{share.set, share.threshold, share.index}) {
    return about(refused("it is not the share that was dealt: somebody who knows the passphrase altered it"),
                 share, file);
  }
  opened_.push_back({share, file, std::move(*content)});
  return {};
}

unsigned Quorum::missing() const {
  if (opened_.empty()) return least_threshold;
  const unsigned threshold = opened_.front().share.threshold;
  return opened_.size() >= threshold ? 0 : threshold - static_cast<unsigned>(opened_.size());
}

Result<crypto::PrivateKey> Quorum::join() const {
  if (missing() != 0) {
    return make_error(ErrorCode::conflict, std::to_string(opened_.size()) + " shares are open; at least " +
                                               std::to_string(missing()) +
                                               " more are needed before the key can be used");
  }
  std::vector<SecretBytes> shares;
  for (const Opened& opened : opened_) shares.push_back(SecretBytes::copy_of(opened.content.reveal()));
  const Result<SecretBytes> secret = shares::join(shares);
  if (!secret) return secret.error();
  Result<crypto::PrivateKey> key = crypto::PrivateKey::from_pkcs8(secret->reveal());
  if (!key) return with_context(std::move(key).error(), "the joined shares");
  if (key_fingerprint(key->public_key()) != key_) {
    return refused("the joined shares give another key than the wanted " + to_hex(key_) + "; it is not used");
  }
  return key;
}

}  // namespace chancery::shares
