// Keys that must not be certified again: known to be compromised or weak (BR 6.1.1.3).
#pragma once

#include <string_view>
#include <vector>

#include "ca/base/result.h"
#include "ca/crypto/digest.h"
#include "ca/crypto/public_key.h"

namespace chancery::crypto {

inline constexpr std::size_t key_blocklist_limit = 1'000'000;  // entries

// By SHA-256 of the whole SubjectPublicKeyInfo. Immutable; thread-safe.
class KeyBlocklist {
 public:
  KeyBlocklist() = default;
  explicit KeyBlocklist(std::vector<Sha256Digest> digests);
  // One digest a line, 64 hexadecimal digits; empty lines and what follows a # are ignored. Errors:
  // validation, naming the line; more than key_blocklist_limit.
  static Result<KeyBlocklist> parse(std::string_view text);

  [[nodiscard]] bool contains(const PublicKey& key) const;
  [[nodiscard]] std::size_t size() const { return digests_.size(); }

 private:
  std::vector<Sha256Digest> digests_;  // sorted, none twice
};

}  // namespace chancery::crypto
