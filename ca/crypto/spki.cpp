#include "ca/crypto/spki.h"

#include <array>
#include <bit>
#include <optional>

namespace chancery::crypto {
namespace {

// A key of one size has an SPKI of one size, so everything before the key is a constant.
struct FixedSpki {
  KeyType type;
  std::array<std::uint8_t, 27> prefix;
  std::size_t prefix_size;
  std::size_t key_size;
  bool point;
};

constexpr std::array<FixedSpki, 4> fixed_encodings{{
    {{KeyAlgorithm::ec_p256, 256},
     {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
      0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00},
     26,
     65,
     true},
    {{KeyAlgorithm::ec_p384, 384},
     {0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
      0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00},
     23,
     97,
     true},
    {{KeyAlgorithm::ec_p521, 521},
     {0x30, 0x81, 0x9b, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
      0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00},
     25,
     133,
     true},
    {{KeyAlgorithm::ed25519, 256},
     {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00},
     12,
     32,
     false},
}};

constexpr std::array<std::uint8_t, 15> rsa_identifier{0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                                      0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};

bool starts_with(ByteView bytes, ByteView prefix) {
  return bytes.size() >= prefix.size() && equal(bytes.first(prefix.size()), prefix);
}

// The content of the element with this tag at the front of `input`, which moves past it. Strict DER, lengths
// below 2^16: this library stands below ca/x509 and its reader.
std::optional<ByteView> take(ByteView& input, std::uint8_t tag) {
  if (input.size() < 2 || input[0] != tag) return std::nullopt;
  std::size_t header = 2, length = input[1];
  if (length == 0x81) {
    if (input.size() < 3 || input[2] < 0x80) return std::nullopt;
    header = 3, length = input[2];
  } else if (length == 0x82) {
    if (input.size() < 4 || input[2] == 0) return std::nullopt;
    header = 4, length = (std::size_t{input[2]} << 8U) | input[3];
  } else if (length >= 0x80) {
    return std::nullopt;
  }
  if (input.size() - header < length) return std::nullopt;
  const ByteView content = input.subspan(header, length);
  input = input.subspan(header + length);
  return content;
}

// A positive INTEGER's magnitude.
std::optional<ByteView> take_positive(ByteView& input) {
  std::optional<ByteView> content = take(input, 0x02);
  if (!content || content->empty() || content->front() >= 0x80) return std::nullopt;
  if (content->front() != 0) return content;
  if (content->size() < 2 || (*content)[1] < 0x80) return std::nullopt;  // zero, or a superfluous octet
  return content->subspan(1);
}

std::optional<SpkiParts> read_rsa(ByteView spki) {
  const std::optional<ByteView> body = take(spki, 0x30);
  if (!body || !spki.empty() || !starts_with(*body, rsa_identifier)) return std::nullopt;
  ByteView rest = body->subspan(rsa_identifier.size());
  const std::optional<ByteView> bits = take(rest, 0x03);
  if (!bits || !rest.empty() || bits->empty() || bits->front() != 0) return std::nullopt;
  const ByteView key = bits->subspan(1);
  ByteView outer = key;
  std::optional<ByteView> numbers = take(outer, 0x30);
  if (!numbers || !outer.empty()) return std::nullopt;
  const std::optional<ByteView> modulus = take_positive(*numbers);
  const std::optional<ByteView> exponent = modulus ? take_positive(*numbers) : std::nullopt;
  if (!exponent || !numbers->empty()) return std::nullopt;
  const int bits_in_modulus = static_cast<int>(modulus->size()) * 8 - std::countl_zero(modulus->front());
  return SpkiParts{{KeyAlgorithm::rsa, bits_in_modulus}, key, *modulus, *exponent};
}

}  // namespace

Result<SpkiParts> read_spki(ByteView spki) {
  for (const FixedSpki& encoding : fixed_encodings) {
    if (spki.size() != encoding.prefix_size + encoding.key_size) continue;
    if (!starts_with(spki, ByteView(encoding.prefix).first(encoding.prefix_size))) continue;
    const ByteView key = spki.subspan(encoding.prefix_size);
    if (encoding.point && key.front() != 0x04) continue;
    return SpkiParts{encoding.type, key, {}, {}};
  }
  const std::optional<SpkiParts> rsa = read_rsa(spki);
  if (!rsa) {
    return make_error(
        ErrorCode::validation,
        "the public key is of no supported kind, or not exactly encoded; use P-256, P-384, P-521 "
        "(named curve, uncompressed point), Ed25519 or RSA");
  }
  if (rsa->type.bits > rsa_limit) {
    return make_error(ErrorCode::validation, "the RSA key has " + std::to_string(rsa->type.bits) +
                                                 " bits; at most " + std::to_string(rsa_limit) +
                                                 " are accepted");
  }
  return *rsa;
}

std::optional<Bytes> write_ec_spki(KeyAlgorithm curve, ByteView point) {
  for (const FixedSpki& encoding : fixed_encodings) {
    if (!encoding.point || encoding.type.algorithm != curve) continue;
    if (point.size() != encoding.key_size || point.front() != 0x04) return std::nullopt;
    Bytes spki = to_bytes(ByteView(encoding.prefix).first(encoding.prefix_size));
    spki.insert(spki.end(), point.begin(), point.end());
    return spki;
  }
  return std::nullopt;
}

}  // namespace chancery::crypto
