// One officer's share of a key as a file: docs/reference/share-file.md has the format field by field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/base/result.h"
#include "ca/crypto/digest.h"
#include "ca/shares/seal.h"
#include "ca/shares/secret_sharing.h"

namespace chancery::shares {

inline constexpr std::size_t share_file_limit = 16384;  // octets
inline constexpr std::size_t officer_limit = 200;       // octets of UTF-8

// Nothing in it is secret but what `sealed` hides, and nothing in it is to be believed before `sealed` is
// opened: the checksum finds accidents, not forgers.
struct ShareFile {
  std::string officer;
  crypto::Sha256Digest key{};  // SHA-256 of the SubjectPublicKeyInfo of the key that was split
  SetId set{};
  unsigned threshold = 0;
  unsigned shares = 0;
  unsigned index = 0;                             // 1 to shares
  std::vector<crypto::Sha256Digest> commitments;  // SHA-256 of each share of the set, by index
  SealingInput sealing;
  Bytes sealed;
  friend bool operator==(const ShareFile& a, const ShareFile& b);
};

// Whether a person's name can stand in a share file: UTF-8, 1 to 200 octets, no control,
// direction or invisible characters (ca/base/unicode.h), no space at either end. Errors: validation.
Result<void> check_officer(std::string_view name);

// What AES-256-GCM authenticates: everything but `sealed` itself.
std::string associated_data(const ShareFile& share);

// The whole file. Precondition: every field within its limits; anything else is a bug and throws.
std::string write_share_file(const ShareFile& share);

// Strict: exactly the octets that write_share_file() would write. Any flipped, lost or added bit is found
// here, before a passphrase is asked for. The Argon2id parameters are read, not judged: check_kdf(). Errors:
// payload_too_large, validation.
Result<ShareFile> read_share_file(std::string_view text);

}  // namespace chancery::shares
