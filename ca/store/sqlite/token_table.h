// Enrolment tokens, in SQL.
#pragma once

#include <optional>

#include "ca/store/sqlite/query.h"
#include "ca/store/store.h"

namespace chancery::store {

// Writes; on the writer's connection and inside its transaction only. Each checks before it changes anything.
class TokenWriter {
 public:
  explicit TokenWriter(const SQLite::Database& database);

  Result<void> add(const Token& token);
  Result<void> check_free(const Digest& hash, TimePoint at);
  Result<void> withdraw(const Digest& hash, TimePoint at, const Identity& by);
  bool is_withdrawn(const Digest& hash);
  Identity maker(const Digest& hash);  // empty when unknown
  void reserve(const Digest& hash);
  void consume(const Digest& hash);  // what was reserved
  void release(const Digest& hash);  // what was reserved

 private:
  Query add_, state_, reserve_, consume_, release_, withdraw_, maker_;
};

class TokenReader {
 public:
  explicit TokenReader(const SQLite::Database& database);
  std::optional<Token> find(const Digest& hash);
  // `before`: numbers below it only. Precondition: limit has been checked.
  TokenPage list(const TokenFilter& filter, std::int64_t before, int limit);

 private:
  const SQLite::Database& database_;
  Query find_;
};

}  // namespace chancery::store
