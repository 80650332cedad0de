#include "ca/store/cursor.h"

#include <algorithm>
#include <array>
#include <limits>

#include "ca/base/bytes.h"

namespace chancery::store {
namespace {

constexpr std::uint8_t tag = 0xc1;  // tells a cursor from other base64 and leaves room for another kind

std::optional<Bytes> parse_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  standard.append((4 - standard.size() % 4) % 4, '=');
  return parse_base64(standard);
}

}  // namespace

std::string encode_cursor(std::int64_t position) {
  std::array<std::uint8_t, 9> bytes{tag};
  for (std::size_t i = 0; i < 8; ++i) bytes[8 - i] = static_cast<std::uint8_t>(position >> (8 * i));
  return to_base64url(bytes);
}

Result<std::int64_t> decode_cursor(std::string_view cursor) {
  if (cursor.empty()) return std::numeric_limits<std::int64_t>::max();
  const Error invalid = make_error(
      ErrorCode::validation, "the cursor is not one that a listing gave out; start again without a cursor");
  if (cursor.size() != 12) return invalid;
  const std::optional<Bytes> bytes = parse_base64url(cursor);
  if (!bytes || bytes->size() != 9 || bytes->front() != tag) return invalid;
  std::uint64_t position = 0;
  for (std::size_t i = 1; i < 9; ++i) position = (position << 8U) | (*bytes)[i];
  if (position == 0 || position > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) return invalid;
  return static_cast<std::int64_t>(position);
}

}  // namespace chancery::store
