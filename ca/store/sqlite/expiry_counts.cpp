#include "ca/store/sqlite/expiry_counts.h"

#include <array>

namespace chancery::store {
namespace {

constexpr int step = 6;  // 64 buckets of a level make one of the next
constexpr int top = 18;  // three days
constexpr std::array<int, 4> levels{0, 6, 12, top};

}  // namespace

ExpiryCountsWriter::ExpiryCountsWriter(const SQLite::Database& database)
    : add_(database,
           "INSERT INTO expiry_counts (level, bucket, certificates) VALUES (?, ?, 1) "
           "ON CONFLICT DO UPDATE SET certificates = certificates + 1"),
      remove_(database,
              "UPDATE expiry_counts SET certificates = certificates - 1 WHERE level = ? AND bucket = ?") {}

// A shift of a negative number rounds down too, in C++20 as in SQLite: years before 1970 count as any other.
void ExpiryCountsWriter::add(TimePoint not_after) {
  for (const int level : levels) add_.run(level, to_unix(not_after) >> level);
}

void ExpiryCountsWriter::remove(TimePoint not_after) {
  for (const int level : levels) remove_.run(level, to_unix(not_after) >> level);
}

ExpiryCountsReader::ExpiryCountsReader(const SQLite::Database& database)
    : sum_(database,
           "SELECT coalesce(sum(certificates), 0) FROM expiry_counts WHERE level = ? AND bucket >= ? AND "
           "bucket < ?") {}

std::int64_t ExpiryCountsReader::sum(int level, std::int64_t first, std::int64_t end) {
  if (first >= end) return 0;
  Query::Rows rows = sum_.rows(level, first, end);
  rows.next();
  return rows.number(0);
}

// The middle of the range in the largest buckets that fit, and both ends in ever smaller ones.
std::int64_t ExpiryCountsReader::count(TimePoint from, TimePoint until) {
  std::int64_t total = 0, first = to_unix(from), end = to_unix(until);
  for (const int level : levels) {
    const std::int64_t inner_first = ((first - 1) >> step) + 1, inner_end = end >> step;
    if (level == top || inner_first >= inner_end) return total + sum(level, first, end);
    total += sum(level, first, inner_first << step) + sum(level, inner_end << step, end);
    first = inner_first;
    end = inner_end;
  }
  return total;
}

}  // namespace chancery::store
