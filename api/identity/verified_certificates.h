// Remembers client certificates whose chain has been verified, because that costs a signature verification
// and hosts come back with the same one.
#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>

#include "ca/base/guarded.h"
#include "ca/crypto/digest.h"
#include "ca/x509/certificate.h"

namespace chancery::identity {

struct VerifiedChain {
  x509::Certificate certificate;
  TimePoint ends;  // the earliest notAfter of its issuer and root
};

// Thread-safe. Holds at most `capacity` certificates (a few KiB each); makes room by forgetting any one.
// NOT remembered, and so for the caller to check each time: time, revocation, the record.
class VerifiedCertificates {
 public:
  explicit VerifiedCertificates(std::size_t capacity) : capacity_(capacity) {}

  [[nodiscard]] std::optional<VerifiedChain> find(const crypto::Sha256Digest& text_hash) const;
  void add(const crypto::Sha256Digest& text_hash, const VerifiedChain& chain);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Hash {
    std::size_t operator()(const crypto::Sha256Digest& digest) const;
  };
  std::size_t capacity_;
  Guarded<std::unordered_map<crypto::Sha256Digest, VerifiedChain, Hash>> certificates_;
};

}  // namespace chancery::identity
