// Roots, intermediates, requests and leaves with real keys, made in memory for tests. Every function throws
// std::runtime_error with the error's message when something cannot be made.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "ca/crypto/private_key.h"
#include "ca/keys/key_store.h"
#include "ca/x509/certificate.h"
#include "ca/x509/csr.h"

namespace chancery::test {

// The value, or an exception that says why there is none.
template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + " " + result.error().internal);
  return std::move(*result);
}

inline constexpr crypto::KeyType p256{crypto::KeyAlgorithm::ec_p256, 256};

// 2026-11-22T00:00:00Z: where the clocks of tests start.
TimePoint test_time();

// A certificate with its private key.
struct CertifiedKey {
  x509::Certificate certificate;
  std::shared_ptr<const crypto::PrivateKey> key;

  // Another owner of the same key.
  [[nodiscard]] std::unique_ptr<keys::Signer> signer() const;
  [[nodiscard]] x509::SerialNumber serial() const { return certificate.serial(); }
};

crypto::PrivateKey make_key(crypto::KeyType type = p256);
x509::Name make_name(const std::string& common_name);
std::vector<x509::GeneralName> dns_names(const std::vector<std::string>& names);

// Self-signed CA, ten years from a day before `now`.
CertifiedKey make_root(TimePoint now = test_time(), const std::string& common_name = "Test Root",
                       crypto::KeyType type = p256);
// CA with pathLen 0, serverAuth and clientAuth, CRL and AIA URLs; five years from an hour before `now`.
CertifiedKey make_intermediate(const CertifiedKey& root, TimePoint now = test_time(),
                               const std::string& common_name = "Test Intermediate",
                               crypto::KeyType type = p256);

struct LeafOptions {
  TimePoint now = test_time();  // notBefore
  Seconds lifetime{90LL * 86400};
  std::vector<std::string> names{"web.example"};  // DNS; the first is the CN
  std::vector<x509::KeyPurpose> purposes{x509::KeyPurpose::server_auth, x509::KeyPurpose::client_auth};
  crypto::KeyType type = p256;
};
CertifiedKey make_leaf(const CertifiedKey& issuer, const LeafOptions& options = {});

// The fields of such a leaf for the key in `spki`, to be changed before sign_fields().
x509::CertificateFields leaf_fields(const CertifiedKey& issuer, const crypto::PublicKey& key,
                                    const LeafOptions& options = {});
// Signs whatever the fields say.
x509::Certificate sign_fields(const x509::CertificateFields& fields, const crypto::PrivateKey& issuer_key);

// PEM request, and the same parsed. The subject is empty unless a common name is given.
std::string make_request_pem(const crypto::PrivateKey& key, const std::vector<std::string>& dns,
                             const std::string& common_name = {});
x509::CertificateRequest make_request(const crypto::PrivateKey& key, const std::vector<std::string>& dns,
                                      const std::string& common_name = {});

// Soundly signed, with this value as its challengePassword: a DirectoryString where it is right (RFC
// 2985 5.4.1).
x509::CertificateRequest make_challenge_request(const keys::Signer& signer, ByteView subject,
                                                ByteView challenge);

}  // namespace chancery::test
