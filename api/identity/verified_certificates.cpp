#include "api/identity/verified_certificates.h"

#include <cstring>

namespace chancery::identity {

std::optional<VerifiedChain> VerifiedCertificates::find(const crypto::Sha256Digest& text_hash) const {
  return certificates_.with([&](const auto& map) -> std::optional<VerifiedChain> {
    const auto at = map.find(text_hash);
    return at == map.end() ? std::nullopt : std::optional(at->second);
  });
}

void VerifiedCertificates::add(const crypto::Sha256Digest& text_hash, const VerifiedChain& chain) {
  certificates_.with([&](auto& map) {
    if (map.size() >= capacity_ && !map.contains(text_hash)) map.erase(map.begin());
    map.insert_or_assign(text_hash, chain);
  });
}

std::size_t VerifiedCertificates::size() const {
  return certificates_.with([](const auto& map) { return map.size(); });
}

std::size_t VerifiedCertificates::Hash::operator()(const crypto::Sha256Digest& digest) const {
  std::size_t prefix = 0;
  std::memcpy(&prefix, digest.data(), sizeof prefix);  // already uniform
  return prefix;
}

}  // namespace chancery::identity
