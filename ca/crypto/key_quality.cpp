#include <array>
#include <bit>
#include <cstdint>
#include <string>

#include "ca/crypto/key_blocklist.h"
#include "ca/crypto/public_key.h"
#include "ca/crypto/rsa_weakness.h"
#include "ca/crypto/spki.h"

namespace chancery::crypto {
namespace {

constexpr int rsa_minimum = 2048;
constexpr unsigned small_factor_limit = 752;  // BR 6.1.6: "no factors smaller than 752"

std::uint32_t remainder(ByteView big_endian, std::uint32_t divisor) {
  std::uint32_t rest = 0;
  for (const std::uint8_t byte : big_endian) rest = (rest * 256U + byte) % divisor;
  return rest;
}

bool prime(std::uint32_t number) {
  for (std::uint32_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return true;
}

Error refusal(const std::string& what) {
  return make_error(ErrorCode::validation,
                    what + " (BR 6.1.1.3, 6.1.6); make a new key, for example P-256 or RSA of 3072 bits");
}

bool exponent_in_range(ByteView e) {
  if ((e.back() & 1U) == 0) return false;
  const std::size_t bits = e.size() * 8 - static_cast<std::size_t>(std::countl_zero(e.front()));
  return bits >= 17 && bits <= 256;  // odd, so 17 bits are at least 2^16 + 1
}

}  // namespace

Result<void> check_key_quality(const PublicKey& key, const KeyBlocklist* blocked) {
  if (blocked != nullptr && blocked->contains(key)) {
    return make_error(
        ErrorCode::validation,
        "the key is on the block-list of compromised or weak keys (BR 6.1.1.3); make a new key");
  }
  if (key.type().algorithm != KeyAlgorithm::rsa) return {};
  const Result<SpkiParts> parts = read_spki(key.spki());
  if (!parts) return parts.error();
  const int bits = parts->type.bits;
  if (bits < rsa_minimum)
    return refusal("the RSA key has " + std::to_string(bits) + " bits, at least 2048 are needed");
  if (bits % 8 != 0)
    return refusal("the RSA key's " + std::to_string(bits) + " bits are not a multiple of 8");
  if (!exponent_in_range(parts->exponent)) {
    return refusal("the RSA key's public exponent is not an odd number from 2^16+1 to 2^256-1");
  }
  for (std::uint32_t divisor = 2; divisor < small_factor_limit; ++divisor) {
    if (prime(divisor) && remainder(parts->modulus, divisor) == 0) {
      return refusal("the RSA key's modulus is divisible by " + std::to_string(divisor));
    }
  }
  if (has_roca_fingerprint(parts->modulus)) {
    return refusal(
        "the RSA key was made by Infineon's library, whose keys can be factored (ROCA, "
        "CVE-2017-15361)");
  }
  if (factors_are_close(parts->modulus)) {
    return refusal("the RSA key's factors are so close that Fermat's method finds them (CVE-2022-26320)");
  }
  return {};
}

}  // namespace chancery::crypto
