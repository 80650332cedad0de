#include "ca/store/sqlite/status_column.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace chancery::store {

int to_column(Status status) {
  switch (status) {
    case Status::valid:
      return 0;
    case Status::revoked:
      return 1;
    case Status::unrecorded:
      return 2;
  }
  return 2;
}

Status status_from_column(int value) {
  switch (value) {
    case 0:
      return Status::valid;
    case 1:
      return Status::revoked;
    case 2:
      return Status::unrecorded;
    default:
      throw SQLite::Exception("a stored certificate status is unknown", SQLITE_CORRUPT);
  }
}

}  // namespace chancery::store
