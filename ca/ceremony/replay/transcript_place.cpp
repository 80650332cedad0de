#include "ca/ceremony/replay/transcript_place.h"

#include <cstdlib>

#include "ca/ceremony/replay/place.h"
#include "ca/ceremony/transcript/turned_bit.h"

namespace chancery::ceremony {
namespace {

using Digest = crypto::Sha256Digest;

std::string_view line_at(std::string_view text, std::size_t offset) {
  const std::size_t end = text.find('\n', offset);
  return text.substr(offset, end == std::string_view::npos ? end : end + 1 - offset);
}

// What the line at `offset` says of the one above it, if it can be read.
std::optional<Digest> prev_at(std::string_view text, std::size_t offset) {
  constexpr std::string_view key = R"("prev":")";
  const std::string_view line = line_at(text, offset);
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  Digest digest{};
  const std::optional<Bytes> octets = parse_hex(line.substr(at + key.size(), 2 * digest.size()));
  if (!octets || octets->size() != digest.size()) return std::nullopt;
  std::copy(octets->begin(), octets->end(), digest.begin());
  return digest;
}

// Of the two lines that `line`, at `offset`, has become since its line feed was turned into another octet.
std::optional<std::size_t> lost_line_feed(std::string_view text, std::size_t offset) {
  const std::string_view line = line_at(text, offset);
  const std::optional<Digest> wanted = prev_at(text, offset + line.size());
  constexpr std::string_view beginning = R"({"at":")";
  for (std::size_t at = line.find(beginning, 1); wanted && at != std::string_view::npos;
       at = line.find(beginning, at + 1)) {
    if (crypto::sha256(as_bytes(line.substr(at))) == *wanted) return offset + at - 1;
  }
  return std::nullopt;
}

// In the line at `offset`; it, and a line feed that was made in it, are vouched for by the next.
std::optional<std::size_t> turned_in_line(std::string_view text, std::size_t offset) {
  std::size_t length = line_at(text, offset).size();
  for (int lines = 0; lines < 2; ++lines) {
    const std::optional<Digest> wanted = prev_at(text, offset + length);
    const std::optional<std::size_t> bit =
        wanted ? turned_bit(text.substr(offset, length), *wanted) : std::nullopt;
    if (bit) return offset + *bit;
    length += line_at(text, offset + length).size();
  }
  return lost_line_feed(text, offset);
}

// In the last line, for which only the signature vouches.
std::optional<std::size_t> turned_at_end(const Replay& result) {
  const x509::Certificate* signer = result.signer();
  const Result<crypto::PublicKey> key = signer == nullptr
                                            ? make_error(ErrorCode::not_found, "")
                                            : crypto::PublicKey::from_spki(signer->fields().spki);
  if (!key) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& [name, ignored] : result.bundle.files) names.push_back(name);
  return turned_octet_of_end(result.bundle.text(transcript_file), names, result.bundle.text(signature_file),
                             *key);
}

std::string turned(std::string_view file, std::string_view text, std::size_t octet) {
  return place_in(file, text, octet) + ": one bit of this octet was turned: ";
}

}  // namespace

std::string place_of_fault(const std::string& message, const Replay& result) {
  const std::string_view text = result.bundle.text(transcript_file);
  const std::string prefix = std::string(transcript_file) + ":";
  if (!message.starts_with(prefix)) return message;
  const auto line = std::strtoul(message.c_str() + prefix.size(), nullptr, 10);
  std::size_t offset = 0;
  for (unsigned long i = 1; i < line && offset < text.size(); ++i) offset = text.find('\n', offset) + 1;
  std::optional<std::size_t> octet = turned_in_line(text, offset);
  if (!octet) octet = turned_at_end(result);
  return octet ? turned(transcript_file, text, *octet) + message
               : place_in(transcript_file, text, offset) + ": " + message;
}

std::string turned_octet_near_signature(const Replay& result, const crypto::PublicKey& key) {
  if (const auto octet = turned_at_end(result))
    return turned(transcript_file, result.bundle.text(transcript_file), *octet);
  const std::string_view signature = result.bundle.text(signature_file);
  const auto octet = turned_octet_of_signature(result.transcript->head(), signature, key);
  return octet ? turned(signature_file, signature, *octet) : "";
}

}  // namespace chancery::ceremony
