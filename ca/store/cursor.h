// The cursor of list_certificates: opaque to callers, the same in every implementation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ca/base/result.h"
#include "ca/store/records.h"

namespace chancery::store {

// Whether a listing with this filter runs from the soonest to expire to the last, instead of newest first.
bool lists_by_expiry(const CertificateFilter& filter);

// The row that a page ended with; the listing goes on behind it.
struct Position {
  std::int64_t id = 0;                 // >= 1
  std::optional<TimePoint> not_after;  // exactly in listings by expiry
  bool operator==(const Position&) const = default;
};

std::string encode_cursor(const Position& position);
// nullopt for "", the start. Errors: validation for anything that encode_cursor does not write, and for the
// cursor of a listing in the other order.
Result<std::optional<Position>> decode_cursor(std::string_view cursor, bool by_expiry);

}  // namespace chancery::store
