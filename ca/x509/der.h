// DER (X.690 section 10), strict, and no more of it than X.509 needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ca/base/bytes.h"
#include "ca/base/clock.h"

namespace chancery::x509::der {

enum class Tag : std::uint8_t {
  boolean = 0x01,
  integer = 0x02,
  bit_string = 0x03,
  octet_string = 0x04,
  null = 0x05,
  oid = 0x06,
  enumerated = 0x0a,
  utf8_string = 0x0c,
  printable_string = 0x13,
  ia5_string = 0x16,
  utc_time = 0x17,
  generalized_time = 0x18,
  sequence = 0x30,
  set = 0x31
};
constexpr std::uint8_t context(unsigned number) {
  return static_cast<std::uint8_t>(0x80U | number);
}
constexpr std::uint8_t context_constructed(unsigned number) {
  return static_cast<std::uint8_t>(0xa0U | number);
}

struct Element {
  std::uint8_t tag = 0;
  ByteView content;  // borrowed from the input
  ByteView whole;    // tag and length included
};

// Reads elements one after another. Borrows its input. After the first failure every read fails.
// Refused: indefinite and non-minimal lengths, multi-byte tags, lengths beyond the input.
class Reader {
 public:
  explicit Reader(ByteView input) : rest_(input) {}

  std::optional<Element> any();
  std::optional<Element> expect(std::uint8_t tag);
  std::optional<Element> expect(Tag tag) { return expect(static_cast<std::uint8_t>(tag)); }
  // Present when the next element has this tag; absent (nothing consumed, not a failure) otherwise.
  std::optional<Element> maybe(std::uint8_t tag);
  std::optional<Element> maybe(Tag tag) { return maybe(static_cast<std::uint8_t>(tag)); }

  [[nodiscard]] bool at_end() const { return !failed_ && rest_.empty(); }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::optional<Element> fail();
  ByteView rest_;
  bool failed_ = false;
};

// Content checks; nullopt when the content is not DER of that type.
std::optional<bool> boolean(const Element& element);
std::optional<std::uint64_t> small_unsigned(
    const Element& element);  // INTEGER, non-negative, minimal, < 2^63
bool minimal_integer(ByteView content);
std::optional<ByteView> bit_string_octets(const Element& element);  // no unused bits
std::optional<TimePoint> time(const Element& element);  // UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 asks
// GeneralizedTime of any year, for the one field that has no UTCTime (RFC 5280 5.3.2).
std::optional<TimePoint> generalized_time(const Element& element);

// Appends DER to a byte string. Build inside out: `sequence(out, [&] { ... })` writes the body, then fixes
// the length.
class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  void element(std::uint8_t tag, ByteView content);
  void element(Tag tag, ByteView content) { element(static_cast<std::uint8_t>(tag), content); }
  void raw(ByteView der) { out_.insert(out_.end(), der.begin(), der.end()); }

  template <typename Body>
  void constructed(std::uint8_t tag, Body&& body) {
    const std::size_t start = open(tag);
    body();
    close(start);
  }
  template <typename Body>
  void sequence(Body&& body) {
    constructed(static_cast<std::uint8_t>(Tag::sequence), body);
  }

  void boolean(bool value);
  void unsigned_integer(ByteView big_endian);  // adds the leading zero, strips superfluous ones
  void small_integer(std::uint64_t value);
  void oid(ByteView content) { element(Tag::oid, content); }
  void bit_string(ByteView octets);
  void time(TimePoint time);  // UTCTime through 2049, GeneralizedTime from 2050
  void generalized_time(TimePoint time);

 private:
  void time(Tag form, TimePoint time);
  std::size_t open(std::uint8_t tag);
  void close(std::size_t start);
  Bytes& out_;
};

}  // namespace chancery::x509::der
