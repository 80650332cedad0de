#include "ca/store/sqlite/token_table.h"

#include "ca/store/refusals.h"
#include "ca/store/sqlite/name_list.h"

namespace chancery::store {

TokenWriter::TokenWriter(const SQLite::Database& database)
    : add_(database,
           "INSERT INTO tokens (hash, identity, profile, names, uses, used, reserved, created_at, "
           "expires_at, created_by) "
           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"),
      state_(database, "SELECT expires_at, uses - used - reserved FROM tokens WHERE hash = ?"),
      reserve_(database, "UPDATE tokens SET reserved = reserved + 1 WHERE hash = ?"),
      consume_(database, "UPDATE tokens SET reserved = reserved - 1, used = used + 1 WHERE hash = ?"),
      release_(database, "UPDATE tokens SET reserved = reserved - 1 WHERE hash = ?") {}

Result<void> TokenWriter::add(const Token& token) {
  const int added =
      add_.run(token.hash, token.identity, token.profile, encode_names(token.names), token.uses, token.used,
               token.reserved, token.created_at, token.expires_at, token.created_by);
  if (added == 0) return token_exists();
  return {};
}

Result<void> TokenWriter::check_free(const Digest& hash, TimePoint at) {
  Query::Rows rows = state_.rows(hash);
  if (!rows.next()) return token_unknown();
  if (rows.time(0) <= at) return token_expired();
  if (rows.number(1) <= 0) return token_spent();
  return {};
}

void TokenWriter::reserve(const Digest& hash) {
  reserve_.run(hash);
}
void TokenWriter::consume(const Digest& hash) {
  consume_.run(hash);
}
void TokenWriter::release(const Digest& hash) {
  release_.run(hash);
}

TokenReader::TokenReader(const SQLite::Database& database)
    : find_(database,
            "SELECT hash, identity, profile, names, uses, used, reserved, created_at, expires_at, created_by "
            "FROM tokens WHERE hash = ?") {}

std::optional<Token> TokenReader::find(const Digest& hash) {
  Query::Rows rows = find_.rows(hash);
  if (!rows.next()) return std::nullopt;
  return Token{.hash = rows.digest(0),
               .identity = Identity(rows.text(1)),
               .profile = ProfileName(rows.text(2)),
               .names = decode_names(rows.text(3)),
               .uses = rows.small(4),
               .used = rows.small(5),
               .reserved = rows.small(6),
               .created_at = rows.time(7),
               .expires_at = rows.time(8),
               .created_by = Identity(rows.text(9))};
}

}  // namespace chancery::store
