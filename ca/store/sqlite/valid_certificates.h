// Whether a certificate still speaks for its holder, in SQL.
#pragma once

#include <string>

#include "ca/store/sqlite/query.h"

namespace chancery::store {

class ValidCertificates {
 public:
  explicit ValidCertificates(const SQLite::Database& database);
  // Recorded, not revoked, and its key not revoked for keyCompromise under another serial. Its time is not
  // looked at.
  bool contains(const std::string& serial) { return valid_.rows(serial).next(); }

 private:
  Query valid_;
};

}  // namespace chancery::store
