#include "ca/crypto/digest.h"

#include <stdexcept>

#include "ca/crypto/openssl.h"
#include "ca/crypto/signature.h"

namespace chancery::crypto {
namespace {

using EvpMd = std::unique_ptr<EVP_MD, OpensslDeleter<EVP_MD_free>>;

template <std::size_t Size>
std::array<std::uint8_t, Size> digest(const EVP_MD* algorithm, ByteView bytes) {
  std::array<std::uint8_t, Size> out;
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, algorithm, nullptr) != 1 ||
      length != Size) {
    throw std::runtime_error("OpenSSL cannot compute a digest: " + drain_errors());
  }
  return out;
}

}  // namespace

Sha256Digest sha256(ByteView bytes) {
  static const EvpMd algorithm(
      EVP_MD_fetch(nullptr, "SHA256", nullptr));  // fetched once: halves a short digest's cost
  return digest<32>(algorithm.get(), bytes);
}

std::array<std::uint8_t, 20> sha1(ByteView bytes) {
  static const EvpMd algorithm(EVP_MD_fetch(nullptr, "SHA1", nullptr));
  return digest<20>(algorithm.get(), bytes);
}

std::optional<Bytes> message_digest(SignatureAlgorithm algorithm, ByteView message) {
  const EVP_MD* const kind = digest_of(algorithm);
  if (kind == nullptr) return std::nullopt;
  Bytes out(static_cast<std::size_t>(EVP_MD_get_size(kind)));
  unsigned int length = 0;
  if (EVP_Digest(message.data(), message.size(), out.data(), &length, kind, nullptr) != 1 ||
      length != out.size()) {
    throw std::runtime_error("OpenSSL cannot compute a digest: " + drain_errors());
  }
  return out;
}

}  // namespace chancery::crypto
