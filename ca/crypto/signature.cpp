#include "ca/crypto/signature.h"

namespace chancery::crypto {

const EVP_MD* digest_of(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::ecdsa_sha256:
    case SignatureAlgorithm::rsa_sha256:
      return EVP_sha256();
    case SignatureAlgorithm::ecdsa_sha384:
    case SignatureAlgorithm::rsa_sha384:
      return EVP_sha384();
    case SignatureAlgorithm::ecdsa_sha512:
    case SignatureAlgorithm::rsa_sha512:
      return EVP_sha512();
    case SignatureAlgorithm::ed25519:
      return nullptr;
  }
  return nullptr;
}

bool fits(SignatureAlgorithm algorithm, KeyAlgorithm key) {
  switch (algorithm) {
    case SignatureAlgorithm::ecdsa_sha256:
    case SignatureAlgorithm::ecdsa_sha384:
    case SignatureAlgorithm::ecdsa_sha512:
      return key == KeyAlgorithm::ec_p256 || key == KeyAlgorithm::ec_p384 || key == KeyAlgorithm::ec_p521;
    case SignatureAlgorithm::rsa_sha256:
    case SignatureAlgorithm::rsa_sha384:
    case SignatureAlgorithm::rsa_sha512:
      return key == KeyAlgorithm::rsa;
    case SignatureAlgorithm::ed25519:
      return key == KeyAlgorithm::ed25519;
  }
  return false;
}

}  // namespace chancery::crypto
