#include "ca/shares/split_key.h"

#include <algorithm>

namespace chancery::shares {
namespace {

Error refused(const std::string& message) {
  return make_error(ErrorCode::validation, message);
}

// Every pair, whatever was found: how long it takes tells nobody whose they are.
bool two_alike(std::span<const Officer> officers) {
  bool alike = false;
  for (std::size_t i = 0; i < officers.size(); ++i) {
    for (const Officer& other : officers.first(i)) {
      const bool same = officers[i].passphrase == other.passphrase;
      alike = alike || same;
    }
  }
  return alike;
}

Result<void> check_officers(std::span<const Officer> officers) {
  for (std::size_t i = 0; i < officers.size(); ++i) {
    const Officer& officer = officers[i];
    if (Result<void> name = check_officer(officer.name); !name) return name;
    for (const Officer& other : officers.first(i)) {
      if (officer.name == other.name) return refused(officer.name + " is named twice as an officer");
    }
  }
  if (!two_alike(officers)) return {};
  return refused("two of the officers chose the same passphrase; all choose another, each alone");
}

// A library that splits wrongly would be noticed only in the year when the shares are needed.
Result<void> check_joins(std::span<const SecretBytes> shares, unsigned threshold, const SecretBytes& secret) {
  for (const auto quorum : {shares.first(threshold), shares.last(threshold), shares}) {
    const Result<SecretBytes> joined = join(quorum);
    if (!joined || !(*joined == secret)) {
      return make_error(ErrorCode::internal, "the shares do not give the key back; nothing was written");
    }
  }
  return {};
}

}  // namespace

crypto::Sha256Digest key_fingerprint(const crypto::PublicKey& key) {
  return crypto::sha256(key.spki());
}

Result<std::vector<ShareFile>> split_key(const crypto::PrivateKey& key, unsigned threshold,
                                         std::span<const Officer> officers, const KdfPolicy& kdf,
                                         RandomSource& random) {
  if (Result<void> fit = check_officers(officers); !fit) return std::move(fit).error();
  if (Result<void> fit = check_kdf(kdf.use, kdf); !fit) return std::move(fit).error();
  const Result<SecretBytes> secret = key.to_pkcs8();
  if (!secret) return secret.error();
  ShareFile form;
  random.fill(form.set);
  form.key = key_fingerprint(key.public_key());
  form.threshold = threshold;
  form.shares = static_cast<unsigned>(officers.size());
  form.sealing.kdf = kdf.use;
  const Result<std::vector<SecretBytes>> shares = split(*secret, threshold, form.shares, form.set, random);
  if (!shares) return shares.error();
  if (Result<void> joins = check_joins(*shares, threshold, *secret); !joins) return std::move(joins).error();
  for (const SecretBytes& share : *shares) form.commitments.push_back(crypto::sha256(share.reveal()));

  std::vector<ShareFile> files;
  for (unsigned i = 0; i < form.shares; ++i) {
    ShareFile file = form;
    file.officer = officers[i].name;
    file.index = i + 1;
    random.fill(file.sealing.salt);
    random.fill(file.sealing.nonce);
    Result<Bytes> sealed =
        seal((*shares)[i], as_bytes(associated_data(file)), officers[i].passphrase, file.sealing);
    if (!sealed) return with_context(std::move(sealed).error(), officers[i].name);
    file.sealed = std::move(*sealed);
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace chancery::shares
