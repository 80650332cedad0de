// How many valid certificates expire when, kept up to date with every change instead of counted.
#pragma once

#include <cstdint>

#include "ca/store/sqlite/query.h"

namespace chancery::store {

// Writes; on the writer's connection and inside its transaction only.
class ExpiryCountsWriter {
 public:
  explicit ExpiryCountsWriter(const SQLite::Database& database);

  void add(TimePoint not_after);     // a certificate is valid from now on
  void remove(TimePoint not_after);  // one that was added is valid no longer

 private:
  Query add_, remove_;
};

// On one reading connection.
class ExpiryCountsReader {
 public:
  explicit ExpiryCountsReader(const SQLite::Database& database);

  // Valid certificates with from <= notAfter < until, in a time that depends on the range alone.
  std::int64_t count(TimePoint from, TimePoint until);

 private:
  std::int64_t sum(int level, std::int64_t first, std::int64_t end);

  Query sum_;
};

}  // namespace chancery::store
