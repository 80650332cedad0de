#include "ca/crypto/file_digest.h"

#include "ca/base/file.h"

namespace chancery::crypto {

Result<Sha256Digest> sha256_of_file(const std::string& path, std::size_t limit) {
  const Result<std::string> content = read_file(path, limit);
  if (!content) return content.error();
  return sha256(as_bytes(*content));
}

}  // namespace chancery::crypto
