#include "ca/shares/share_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "ca/base/unicode.h"

namespace chancery::shares {
namespace {

using Json = nlohmann::json;  // its objects are sorted by key

constexpr std::string_view format = "chancery key share 1";
constexpr std::size_t sealed_limit = secret_limit + share_overhead + seal_overhead;

Error damaged(const std::string& how) {
  return make_error(ErrorCode::validation,
                    "this is not a share file, or it is damaged: " + how +
                        "; if there is a copy of it, bring that, or let another officer come");
}

Json header(const ShareFile& share) {
  Json commitments = Json::array();
  for (const crypto::Sha256Digest& digest : share.commitments) commitments.push_back(to_hex(digest));
  const KdfParameters& kdf = share.sealing.kdf;
  return {{"commitments", std::move(commitments)},
          {"format", format},
          {"index", share.index},
          {"kdf",
           {{"algorithm", "argon2id"},
            {"iterations", kdf.iterations},
            {"memory_kib", kdf.memory_kib},
            {"parallelism", kdf.parallelism},
            {"salt", to_hex(share.sealing.salt)}}},
          {"key", to_hex(share.key)},
          {"nonce", to_hex(share.sealing.nonce)},
          {"officer", share.officer},
          {"set", to_hex(share.set)},
          {"shares", share.shares},
          {"threshold", share.threshold}};
}

Json with_checksum(const ShareFile& share) {
  Json document = header(share);
  document["sealed"] = to_base64(share.sealed);
  document["checksum"] = to_hex(crypto::sha256(as_bytes(document.dump())));
  return document;
}

// Readers of one value. A member that is absent or of another type leaves false; the canonical form does the
// rest: whatever they overlook makes the file differ from what would be written.
bool take(const Json& object, const char* name, std::string& out) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return false;
  out = found->get<std::string>();
  return true;
}

template <typename Number>
bool take_number(const Json& object, const char* name, Number& out) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) return false;
  const auto value = found->get<std::uint64_t>();
  out = static_cast<Number>(value);
  return out == value;
}

template <std::size_t Size>
bool parse_fixed(const std::string& text, std::array<std::uint8_t, Size>& out) {
  const std::optional<Bytes> bytes = parse_hex(text);
  if (!bytes || bytes->size() != Size) return false;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

template <std::size_t Size>
bool take_hex(const Json& object, const char* name, std::array<std::uint8_t, Size>& out) {
  std::string text;
  return take(object, name, text) && parse_fixed(text, out);
}

bool take_sealed(const Json& object, Bytes& out) {
  std::string text;
  if (!take(object, "sealed", text)) return false;
  std::optional<Bytes> bytes = parse_base64(text);
  if (bytes) out = std::move(*bytes);
  return bytes.has_value();
}

bool take_commitments(const Json& object, std::vector<crypto::Sha256Digest>& out) {
  const auto found = object.find("commitments");
  if (found == object.end() || !found->is_array() || found->size() > most_shares) return false;
  out.resize(found->size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Json& digest = (*found)[i];
    if (!digest.is_string() || !parse_fixed(digest.get<std::string>(), out[i])) return false;
  }
  return true;
}

bool take_kdf(const Json& object, SealingInput& out) {
  const auto kdf = object.find("kdf");
  return kdf != object.end() && kdf->is_object() && take_number(*kdf, "iterations", out.kdf.iterations) &&
         take_number(*kdf, "memory_kib", out.kdf.memory_kib) &&
         take_number(*kdf, "parallelism", out.kdf.parallelism) && take_hex(*kdf, "salt", out.salt);
}

std::optional<ShareFile> take_share(const Json& object) {
  ShareFile share;
  const bool whole = take(object, "officer", share.officer) && take_hex(object, "key", share.key) &&
                     take_hex(object, "set", share.set) && take_hex(object, "nonce", share.sealing.nonce) &&
                     take_number(object, "threshold", share.threshold) &&
                     take_number(object, "shares", share.shares) &&
                     take_number(object, "index", share.index) && take_kdf(object, share.sealing) &&
                     take_commitments(object, share.commitments) && take_sealed(object, share.sealed);
  if (!whole) return std::nullopt;
  return share;
}

Result<void> check_numbers(const ShareFile& share) {
  if (share.threshold < least_threshold || share.threshold > share.shares || share.shares > most_shares) {
    return damaged(std::to_string(share.threshold) + " of " + std::to_string(share.shares) +
                   " shares is outside 2 of 2 to 16 of 16");
  }
  if (share.index < 1 || share.index > share.shares) return damaged("its index is not one of its set");
  if (share.commitments.size() != share.shares) return damaged("the commitments are not one for each share");
  if (share.sealed.size() <= share_overhead + seal_overhead || share.sealed.size() > sealed_limit) {
    return damaged("the sealed part is too short or too long");
  }
  return check_officer(share.officer);
}

}  // namespace

bool operator==(const ShareFile& a, const ShareFile& b) {
  return with_checksum(a) == with_checksum(b);
}

Result<void> check_officer(std::string_view name) {
  if (!name.empty() && name.size() <= officer_limit && name.front() != ' ' && name.back() != ' ' &&
      !find_text_fault(name)) {
    return {};
  }
  return make_error(ErrorCode::validation,
                    "an officer's name is UTF-8 of 1 to 200 octets without control, direction or invisible "
                    "characters and without spaces at its ends");
}

std::string associated_data(const ShareFile& share) {
  return header(share).dump();
}

std::string write_share_file(const ShareFile& share) {
  return with_checksum(share).dump(2) + "\n";
}

Result<ShareFile> read_share_file(std::string_view text) {
  if (text.size() > share_file_limit) {
    return make_error(ErrorCode::payload_too_large, "a share file has at most 16384 octets");
  }
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object()) return damaged("it is not one JSON object");
  if (std::string name; !take(document, "format", name) || name != format) {
    return damaged("its format is not \"" + std::string(format) + "\"");
  }
  std::optional<ShareFile> share = take_share(document);
  if (!share) return damaged("a field is missing or malformed");
  if (Result<void> numbers = check_numbers(*share); !numbers) return std::move(numbers).error();
  const Json expected = with_checksum(*share);
  if (std::string sum; !take(document, "checksum", sum) || sum != expected["checksum"]) {
    return damaged("its checksum is wrong");
  }
  if (expected.dump(2) + "\n" != text) return damaged("it is not written as Chancery writes it");
  return *std::move(share);
}

}  // namespace chancery::shares
