#include "ca/crypto/key_blocklist.h"

#include <algorithm>

namespace chancery::crypto {
namespace {

Error refusal(std::size_t line, std::string_view what) {
  return make_error(ErrorCode::validation,
                    "line " + std::to_string(line) + " of the key block-list " + std::string(what));
}

std::string_view content_of(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

KeyBlocklist::KeyBlocklist(std::vector<Sha256Digest> digests) : digests_(std::move(digests)) {
  std::sort(digests_.begin(), digests_.end());
  digests_.erase(std::unique(digests_.begin(), digests_.end()), digests_.end());
}

Result<KeyBlocklist> KeyBlocklist::parse(std::string_view text) {
  std::vector<Sha256Digest> digests;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = content_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.empty()) continue;
    const std::optional<Bytes> octets = parse_hex(content);
    Sha256Digest digest{};
    if (!octets || octets->size() != digest.size())
      return refusal(line, "is not the SHA-256 of a key, 64 hexadecimal digits");
    if (digests.size() == key_blocklist_limit)
      return refusal(line, "is one too many: at most " + std::to_string(key_blocklist_limit) + " are taken");
    std::copy(octets->begin(), octets->end(), digest.begin());
    digests.push_back(digest);
  }
  return KeyBlocklist(std::move(digests));
}

bool KeyBlocklist::contains(const PublicKey& key) const {
  return !digests_.empty() && std::binary_search(digests_.begin(), digests_.end(), sha256(key.spki()));
}

}  // namespace chancery::crypto
