// What stands in a certificate's directory: DIR/current -> versions/<serial>/{certificate.pem, key.pem,
// chain.pem}.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/base/result.h"
#include "ca/crypto/private_key.h"
#include "ca/x509/certificate.h"

namespace chancery::agent {

inline constexpr std::size_t pem_limit = std::size_t{1} << 20;  // bytes of any PEM file the agent reads

struct Version {
  x509::Certificate leaf;
  std::vector<x509::Certificate> intermediates;
  [[nodiscard]] std::string serial() const { return leaf.serial().to_string(); }
};

std::string current_path(const std::string& directory);                             // DIR/current
std::string version_path(const std::string& directory, const std::string& serial);  // DIR/versions/<serial>

// Reads one version and proves that key and certificate belong together. Errors: not_found (no such version),
// validation (unreadable, or the pair does not match), those of reading.
Result<Version> read_version(const std::string& path);

// An unencrypted PKCS#8 key in PEM. The text is the caller's to wipe. Errors: validation.
Result<crypto::PrivateKey> parse_key_pem(std::string_view pem);
Result<SecretBytes> key_to_pem(const crypto::PrivateKey& key);
bool same_key(const crypto::PublicKey& key, const x509::Certificate& certificate);

}  // namespace chancery::agent
