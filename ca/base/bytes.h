// Byte strings and their texts. Secrets live in SecretBytes only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/locked_memory.h"

namespace chancery {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView view) {
  return {view.begin(), view.end()};
}
bool equal(ByteView a, ByteView b);

// Lower-case, two digits a byte, no separators.
std::string to_hex(ByteView bytes);
// Either case; nullopt for an odd length or any other character.
std::optional<Bytes> parse_hex(std::string_view text);

// RFC 4648: standard alphabet with padding, and the URL alphabet without.
std::string to_base64(ByteView bytes);
std::string to_base64url(ByteView bytes);
// Strict: canonical padding, no white space, zero trailing bits.
std::optional<Bytes> parse_base64(std::string_view text);

// RFC 7468 textual encoding: one block, `label` exactly, lines of 64.
std::string to_pem(std::string_view label, ByteView der);

struct PemBlock {
  std::string label;
  Bytes der;
};
// Every block of the text in order. nullopt when there is none, when one is malformed or when anything but
// white space stands between blocks: explanatory text is not accepted (RFC 7468 section 2 allows parsers to
// refuse it).
std::optional<std::vector<PemBlock>> parse_pem(std::string_view text);

// Takes time that depends on the lengths only.
bool equal_constant_time(ByteView a, ByteView b);

// Move-only; wiped when destroyed, moved from or assigned to. Compares in constant time. Held in pages of its
// own that are locked into memory and left out of core dumps, as far as the system's limits allow
// (ca/base/locked_memory.h).
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(Bytes&& bytes);  // wipes `bytes` and leaves it empty
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  static SecretBytes copy_of(ByteView bytes);
  SecretBytes(SecretBytes&& other) noexcept = default;
  SecretBytes& operator=(SecretBytes&& other) noexcept = default;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() = default;

  [[nodiscard]] ByteView reveal() const { return bytes_; }
  [[nodiscard]] std::span<std::uint8_t> writable() { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  friend bool operator==(const SecretBytes& a, const SecretBytes& b) {
    return equal_constant_time(a.bytes_, b.bytes_);
  }

 private:
  std::vector<std::uint8_t, LockedAllocator<std::uint8_t>> bytes_;  // the allocator wipes
};

}  // namespace chancery
