// Officers coming together: their shares are opened one after another, and M of them give the key back.
#pragma once

#include <string>
#include <vector>

#include "ca/crypto/private_key.h"
#include "ca/shares/share_file.h"

namespace chancery::shares {

// Every refusal names the officer and the file. A refused share changes nothing: the officer may try again,
// or another may come. Not thread-safe.
class Quorum {
 public:
  // `key` is the fingerprint (key_fingerprint) of the key that is wanted, taken from a certificate: no share
  // file is believed about it.
  Quorum(const crypto::Sha256Digest& key, const KdfPolicy& kdf) : key_(key), kdf_(kdf) {}

  // Whether this share can join those that were opened, as far as can be told without a passphrase: call it
  // before asking for one. `file` is its name, for the messages. Errors: validation (of another key, of
  // another set, Argon2id out of bounds, altered), conflict (this share was opened already).
  [[nodiscard]] Result<void> check(const ShareFile& share, const std::string& file) const;

  // check() of each in turn, as though those before it were open: what is wrong with those that were brought,
  // before anybody types a passphrase. Errors: those of check().
  struct Laid {
    ShareFile share;
    std::string file;
  };
  [[nodiscard]] Result<void> check_together(const std::vector<Laid>& laid) const;

  // check(), then opens it. Errors: those of check(), unauthorized (wrong passphrase), validation (not the
  // share that was dealt), unavailable (memory).
  Result<void> open(const ShareFile& share, const std::string& file, const SecretBytes& passphrase);

  // How many more are needed; 2 or more before the first is opened, since nobody has said yet how many.
  [[nodiscard]] unsigned missing() const;

  // The key, and only the wanted one: its public half has been checked against `key`, and signs. More than M
  // opened shares must all agree. Errors: conflict (too few, saying how many), validation (they give no key,
  // or another).
  [[nodiscard]] Result<crypto::PrivateKey> join() const;

 private:
  struct Opened {
    ShareFile share;
    std::string file;
    SecretBytes content;
  };
  [[nodiscard]] Result<void> agrees(const ShareFile& share) const;
  [[nodiscard]] Result<void> judge(const ShareFile& share) const;

  crypto::Sha256Digest key_;
  KdfPolicy kdf_;
  std::vector<Opened> opened_;
};

}  // namespace chancery::shares
