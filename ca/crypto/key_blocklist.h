// Keys that must not be certified again: known to be compromised or weak (BR 6.1.1.3).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/result.h"
#include "ca/crypto/digest.h"
#include "ca/crypto/public_key.h"

namespace chancery::crypto {

inline constexpr std::size_t key_blocklist_limit = 1'000'000;                // entries
inline constexpr std::size_t key_blocklist_file_limit = 80UL * 1024 * 1024;  // bytes

// The last 80 bits of the SHA-1 of "Modulus=HEX\n", upper-case, as `openssl rsa -modulus` prints it: how the
// package openssl-blacklist listed Debian's weak RSA keys (CVE-2008-0166).
using ModulusSuffix = std::array<std::uint8_t, 10>;

// Keys of any kind by the SHA-256 of the whole SubjectPublicKeyInfo, RSA keys also by ModulusSuffix.
// Immutable; thread-safe.
class KeyBlocklist {
 public:
  KeyBlocklist() = default;
  explicit KeyBlocklist(std::vector<Sha256Digest> digests, std::vector<ModulusSuffix> suffixes = {});
  // One key a line: 64 hexadecimal digits for the SPKI, 20 for a ModulusSuffix; empty lines and what follows
  // a # are ignored. `source` is named in errors, as SOURCE:LINE. Errors: validation; more than
  // key_blocklist_limit.
  static Result<KeyBlocklist> parse(std::string_view text, const std::string& source = "key block-list");
  // Errors: as parse and read_file, at most key_blocklist_file_limit.
  static Result<KeyBlocklist> load(const std::string& path);

  [[nodiscard]] bool contains(const PublicKey& key) const;
  [[nodiscard]] std::size_t size() const { return digests_.size() + suffixes_.size(); }

 private:
  std::vector<Sha256Digest> digests_;  // both sorted, none twice
  std::vector<ModulusSuffix> suffixes_;
};

}  // namespace chancery::crypto
