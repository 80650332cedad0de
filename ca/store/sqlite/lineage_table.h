// Lineages, in SQL; on any connection.
#pragma once

#include <string>
#include <vector>

#include "ca/base/result.h"
#include "ca/store/lineage.h"
#include "ca/store/sqlite/query.h"

namespace chancery::store {

class LineageTable {
 public:
  explicit LineageTable(const SQLite::Database& database);

  // The certificate and its descendants with the open issuances among them, by rising id. Errors: not_found,
  // validation (lineage_limit).
  Result<std::vector<LineageMember>> descent_of(const std::string& serial, TimePoint at);

 private:
  Query lineage_, members_, open_;
};

}  // namespace chancery::store
