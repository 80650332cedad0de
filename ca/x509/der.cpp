#include "ca/x509/der.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace chancery::x509::der {
namespace {

// The two decimal digits at `offset`, or -1.
int two_digits(ByteView text, std::size_t offset) {
  const int high = text[offset] - '0', low = text[offset + 1] - '0';
  return high < 0 || high > 9 || low < 0 || low > 9 ? -1 : high * 10 + low;
}

// "MMDDHHMMSSZ" at `offset`.
std::optional<TimePoint> month_to_second(ByteView text, std::size_t offset, int year) {
  std::array<int, 5> field{};
  for (std::size_t i = 0; i < field.size(); ++i) {
    field.at(i) = two_digits(text, offset + 2 * i);
    if (field.at(i) < 0) return std::nullopt;
  }
  const auto [month, day, hour, minute, second] = field;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59 || text[offset + 10] != 'Z') return std::nullopt;
  return TimePoint(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         Seconds(second);
}

void put_two_digits(Bytes& text, unsigned value) {
  text.push_back(static_cast<std::uint8_t>('0' + value / 10 % 10));
  text.push_back(static_cast<std::uint8_t>('0' + value % 10));
}

}  // namespace

std::optional<Element> Reader::fail() {
  failed_ = true;
  return std::nullopt;
}

std::optional<Element> Reader::any() {
  if (failed_ || rest_.size() < 2) return fail();
  const std::uint8_t tag = rest_[0];
  if ((tag & 0x1fU) == 0x1fU) return fail();  // multi-byte tags: X.509 has none
  std::size_t header = 2, length = rest_[1];
  if (length >= 0x80) {
    const std::size_t octets = length & 0x7fU;
    if (octets == 0 || octets > 4 || rest_.size() < 2 + octets || rest_[2] == 0) return fail();
    length = 0;
    for (std::size_t i = 0; i < octets; ++i) length = (length << 8U) | rest_[2 + i];
    if (length < 0x80) return fail();
    header += octets;
  }
  if (rest_.size() - header < length) return fail();
  const Element element{tag, rest_.subspan(header, length), rest_.first(header + length)};
  rest_ = rest_.subspan(header + length);
  return element;
}

std::optional<Element> Reader::expect(std::uint8_t tag) {
  if (failed_ || rest_.empty() || rest_[0] != tag) return fail();
  return any();
}

std::optional<Element> Reader::maybe(std::uint8_t tag) {
  if (failed_ || rest_.empty() || rest_[0] != tag) return std::nullopt;
  return any();
}

std::optional<bool> boolean(const Element& element) {
  if (element.tag != static_cast<std::uint8_t>(Tag::boolean) || element.content.size() != 1)
    return std::nullopt;
  if (element.content[0] == 0x00) return false;
  if (element.content[0] == 0xff) return true;
  return std::nullopt;
}

bool minimal_integer(ByteView content) {
  if (content.empty()) return false;
  if (content.size() == 1) return true;
  const bool superfluous_zeros = content[0] == 0x00 && content[1] < 0x80;
  const bool superfluous_ones = content[0] == 0xff && content[1] >= 0x80;
  return !superfluous_zeros && !superfluous_ones;
}

std::optional<std::uint64_t> small_unsigned(const Element& element) {
  const ByteView content = element.content;
  if (element.tag != static_cast<std::uint8_t>(Tag::integer) || !minimal_integer(content))
    return std::nullopt;
  if (content[0] >= 0x80 || content.size() > 8) return std::nullopt;
  std::uint64_t value = 0;
  for (const std::uint8_t byte : content) value = (value << 8U) | byte;
  return value;
}

std::optional<ByteView> bit_string_octets(const Element& element) {
  if (element.tag != static_cast<std::uint8_t>(Tag::bit_string)) return std::nullopt;
  if (element.content.empty() || element.content[0] != 0) return std::nullopt;
  return element.content.subspan(1);
}

std::optional<TimePoint> time(const Element& element) {
  const ByteView text = element.content;
  if (element.tag == static_cast<std::uint8_t>(Tag::utc_time)) {
    const int year = text.size() == 13 ? two_digits(text, 0) : -1;
    if (year < 0) return std::nullopt;
    return month_to_second(text, 2, year >= 50 ? 1900 + year : 2000 + year);
  }
  const std::optional<TimePoint> later = generalized_time(element);
  return later && *later >= std::chrono::sys_days(std::chrono::year(2050) / 1 / 1) ? later : std::nullopt;
}

std::optional<TimePoint> generalized_time(const Element& element) {
  const ByteView text = element.content;
  if (element.tag != static_cast<std::uint8_t>(Tag::generalized_time) || text.size() != 15)
    return std::nullopt;
  const int century = two_digits(text, 0), year = two_digits(text, 2);
  if (century < 0 || year < 0) return std::nullopt;
  return month_to_second(text, 4, century * 100 + year);
}

void Writer::element(std::uint8_t tag, ByteView content) {
  const std::size_t start = open(tag);
  raw(content);
  close(start);
}

void Writer::boolean(bool value) {
  const std::uint8_t octet = value ? 0xff : 0x00;
  element(Tag::boolean, ByteView(&octet, 1));
}

void Writer::unsigned_integer(ByteView big_endian) {
  while (big_endian.size() > 1 && big_endian[0] == 0) big_endian = big_endian.subspan(1);
  const std::size_t start = open(static_cast<std::uint8_t>(Tag::integer));
  if (big_endian.empty() || big_endian[0] >= 0x80) out_.push_back(0);
  raw(big_endian);
  close(start);
}

void Writer::small_integer(std::uint64_t value) {
  std::array<std::uint8_t, 8> octets{};
  for (std::size_t i = 0; i < octets.size(); ++i) {
    octets.at(i) = static_cast<std::uint8_t>(value >> (8U * (octets.size() - 1 - i)));
  }
  unsigned_integer(octets);
}

void Writer::bit_string(ByteView octets) {
  const std::size_t start = open(static_cast<std::uint8_t>(Tag::bit_string));
  out_.push_back(0);  // no unused bits
  raw(octets);
  close(start);
}

void Writer::time(TimePoint time) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  const bool utc = date.year() >= std::chrono::year(1950) && date.year() < std::chrono::year(2050);
  this->time(utc ? Tag::utc_time : Tag::generalized_time, time);
}

void Writer::generalized_time(TimePoint time) {
  this->time(Tag::generalized_time, time);
}

void Writer::time(Tag form, TimePoint time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const std::size_t start = open(static_cast<std::uint8_t>(form));
  if (form == Tag::generalized_time) put_two_digits(out_, year / 100);
  put_two_digits(out_, year % 100);
  put_two_digits(out_, static_cast<unsigned>(date.month()));
  put_two_digits(out_, static_cast<unsigned>(date.day()));
  put_two_digits(out_, static_cast<unsigned>(clock.hours().count()));
  put_two_digits(out_, static_cast<unsigned>(clock.minutes().count()));
  put_two_digits(out_, static_cast<unsigned>(clock.seconds().count()));
  out_.push_back('Z');
  close(start);
}

std::size_t Writer::open(std::uint8_t tag) {
  out_.push_back(tag);
  out_.push_back(0);
  return out_.size();
}

void Writer::close(std::size_t start) {
  std::size_t length = out_.size() - start;
  if (length < 0x80) {
    out_[start - 1] = static_cast<std::uint8_t>(length);
    return;
  }
  std::array<std::uint8_t, 8> octets{};
  std::size_t count = 0;
  for (; length != 0; length >>= 8U) octets.at(octets.size() - ++count) = static_cast<std::uint8_t>(length);
  out_[start - 1] = static_cast<std::uint8_t>(0x80U | count);
  out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(start),
              octets.end() - static_cast<std::ptrdiff_t>(count), octets.end());
}

}  // namespace chancery::x509::der
