#include "ca/crypto/key_blocklist.h"

#include <algorithm>

#include "ca/base/file.h"
#include "ca/crypto/spki.h"

namespace chancery::crypto {
namespace {

Error refusal(const std::string& source, std::size_t line, std::string_view what) {
  return make_error(ErrorCode::validation, source + ":" + std::to_string(line) + ": " + std::string(what));
}

std::string_view content_of(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

template <typename Entry>
void make_set(std::vector<Entry>& entries) {
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
}

template <typename Entry>
bool take(const Bytes& octets, std::vector<Entry>& into) {
  Entry entry{};
  if (octets.size() != entry.size()) return false;
  std::copy(octets.begin(), octets.end(), entry.begin());
  into.push_back(entry);
  return true;
}

ModulusSuffix suffix_of(ByteView modulus) {
  std::string text = to_hex(modulus);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  text = "Modulus=" + text + "\n";
  const auto digest = sha1(as_bytes(text));
  ModulusSuffix suffix{};
  std::copy(digest.end() - suffix.size(), digest.end(), suffix.begin());
  return suffix;
}

}  // namespace

KeyBlocklist::KeyBlocklist(std::vector<Sha256Digest> digests, std::vector<ModulusSuffix> suffixes)
    : digests_(std::move(digests)), suffixes_(std::move(suffixes)) {
  make_set(digests_);
  make_set(suffixes_);
}

Result<KeyBlocklist> KeyBlocklist::parse(std::string_view text, const std::string& source) {
  std::vector<Sha256Digest> digests;
  std::vector<ModulusSuffix> suffixes;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = content_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.empty()) continue;
    if (digests.size() + suffixes.size() == key_blocklist_limit) {
      return refusal(source, line,
                     "one key too many: at most " + std::to_string(key_blocklist_limit) + " are taken");
    }
    const std::optional<Bytes> octets = parse_hex(content);
    if (!octets || (!take(*octets, digests) && !take(*octets, suffixes))) {
      return refusal(source, line,
                     "neither the SHA-256 of a key's SubjectPublicKeyInfo, 64 hexadecimal digits, nor a line "
                     "of openssl-blacklist, 20 digits");
    }
  }
  return KeyBlocklist(std::move(digests), std::move(suffixes));
}

Result<KeyBlocklist> KeyBlocklist::load(const std::string& path) {
  const Result<std::string> text = read_file(path, key_blocklist_file_limit);
  if (!text) return with_context(text.error(), "the key block-list cannot be read");
  return parse(*text, path);
}

bool KeyBlocklist::contains(const PublicKey& key) const {
  if (!digests_.empty() && std::binary_search(digests_.begin(), digests_.end(), sha256(key.spki())))
    return true;
  if (suffixes_.empty() || key.type().algorithm != KeyAlgorithm::rsa) return false;
  const Result<SpkiParts> parts = read_spki(key.spki());
  return parts && std::binary_search(suffixes_.begin(), suffixes_.end(), suffix_of(parts->modulus));
}

}  // namespace chancery::crypto
