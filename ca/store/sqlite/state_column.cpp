#include "ca/store/sqlite/state_column.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <array>

namespace chancery::store {
namespace {

// The place of each is its number.
constexpr std::array states{RequestState::pending,  RequestState::approved, RequestState::issued,
                            RequestState::rejected, RequestState::refused,  RequestState::expired,
                            RequestState::cancelled};

}  // namespace

int to_column(RequestState state) {
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i] == state) return static_cast<int>(i);
  }
  return static_cast<int>(states.size()) - 1;
}

RequestState request_state_from_column(int value) {
  if (value < 0 || static_cast<std::size_t>(value) >= states.size())
    throw SQLite::Exception("a stored request's state is unknown", SQLITE_CORRUPT);
  return states[static_cast<std::size_t>(value)];
}

}  // namespace chancery::store
