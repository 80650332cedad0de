// RequestState as the number that stands in the database.
#pragma once

#include "ca/store/request_records.h"

namespace chancery::store {

int to_column(RequestState state);
// Throws SQLite::Exception (corrupt) for any other number.
RequestState request_state_from_column(int value);

}  // namespace chancery::store
