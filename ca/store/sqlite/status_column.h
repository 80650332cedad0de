// Status as the number that stands in the database, which outlives any order of the enumerators.
#pragma once

#include "ca/store/records.h"

namespace chancery::store {

int to_column(Status status);
// Throws SQLite::Exception (corrupt) for any other number.
Status status_from_column(int value);

}  // namespace chancery::store
