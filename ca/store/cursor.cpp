#include "ca/store/cursor.h"

#include <algorithm>
#include <limits>

#include "ca/base/bytes.h"

namespace chancery::store {
namespace {

constexpr std::uint8_t newest_tag = 0xc1, expiry_tag = 0xc2;  // tell a cursor from other base64
constexpr std::size_t newest_size = 9, expiry_size = 17;

void append(Bytes& bytes, std::int64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(number >> shift));
}

std::int64_t read(ByteView bytes) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) number = (number << 8U) | byte;
  return static_cast<std::int64_t>(number);
}

std::optional<Bytes> parse_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  standard.append((4 - standard.size() % 4) % 4, '=');
  return parse_base64(standard);
}

std::optional<Position> parse(std::string_view cursor, bool by_expiry) {
  const std::size_t size = by_expiry ? expiry_size : newest_size;
  const std::optional<Bytes> bytes = parse_base64url(cursor);
  if (!bytes || bytes->size() != size || bytes->front() != (by_expiry ? expiry_tag : newest_tag))
    return std::nullopt;
  const ByteView numbers = ByteView(*bytes).subspan(1);
  Position position;
  position.id = read(numbers.last(8));
  if (by_expiry) position.not_after = from_unix(read(numbers.first(8)));
  if (position.id < 1 || encode_cursor(position) != cursor) return std::nullopt;
  return position;
}

}  // namespace

bool lists_by_expiry(const CertificateFilter& filter) {
  return filter.expires_before || filter.expires_after;
}

std::string encode_cursor(const Position& position) {
  Bytes bytes{position.not_after ? expiry_tag : newest_tag};
  if (position.not_after) append(bytes, to_unix(*position.not_after));
  append(bytes, position.id);
  return to_base64url(bytes);
}

Result<std::optional<Position>> decode_cursor(std::string_view cursor, bool by_expiry) {
  if (cursor.empty()) return std::optional<Position>();
  std::optional<Position> position = parse(cursor, by_expiry);
  if (position) return position;
  return make_error(ErrorCode::validation,
                    "the cursor is not one that this listing gave out; start again without a cursor");
}

}  // namespace chancery::store
