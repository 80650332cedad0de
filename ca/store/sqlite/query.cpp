#include "ca/store/sqlite/query.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>

namespace chancery::store {

Bytes Query::Rows::bytes(int column) const {
  const SQLite::Column value = statement_->getColumn(column);
  const auto* data = static_cast<const std::uint8_t*>(value.getBlob());
  return {data, data + value.getBytes()};
}

Digest Query::Rows::digest(int column) const {
  const SQLite::Column value = statement_->getColumn(column);
  Digest digest;
  if (value.getBytes() != static_cast<int>(digest.size())) {
    throw SQLite::Exception("a stored hash does not have 32 bytes", SQLITE_CORRUPT);
  }
  std::copy_n(static_cast<const std::uint8_t*>(value.getBlob()), digest.size(), digest.begin());
  return digest;
}

}  // namespace chancery::store
