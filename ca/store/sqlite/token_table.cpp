#include "ca/store/sqlite/token_table.h"

#include "ca/store/cursor.h"
#include "ca/store/refusals.h"
#include "ca/store/sqlite/name_list.h"

namespace chancery::store {
namespace {

const std::string columns =
    "SELECT hash, identity, profile, names, uses, used, reserved, created_at, expires_at, created_by, "
    "withdrawn_at, withdrawn_by, number FROM tokens ";
constexpr int number_column = 12;

Token read_token(const Query::Rows& rows) {
  Token token{.hash = rows.digest(0),
              .identity = Identity(rows.text(1)),
              .profile = ProfileName(rows.text(2)),
              .names = decode_names(rows.text(3)),
              .uses = rows.small(4),
              .used = rows.small(5),
              .reserved = rows.small(6),
              .created_at = rows.time(7),
              .expires_at = rows.time(8),
              .created_by = Identity(rows.text(9)),
              .withdrawn_at = std::nullopt,
              .withdrawn_by = Identity(rows.text(11))};
  if (!rows.is_null(10)) token.withdrawn_at = rows.time(10);
  return token;
}

}  // namespace

TokenWriter::TokenWriter(const SQLite::Database& database)
    : add_(database,
           "INSERT INTO tokens (hash, identity, profile, names, uses, used, reserved, created_at, "
           "expires_at, created_by, number) "
           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(number), 0) + 1 FROM tokens)) "
           "ON CONFLICT (hash) DO NOTHING"),
      state_(database, "SELECT expires_at, uses - used - reserved, withdrawn_at FROM tokens WHERE hash = ?"),
      reserve_(database, "UPDATE tokens SET reserved = reserved + 1 WHERE hash = ?"),
      consume_(database, "UPDATE tokens SET reserved = reserved - 1, used = used + 1 WHERE hash = ?"),
      release_(database, "UPDATE tokens SET reserved = reserved - 1 WHERE hash = ?"),
      withdraw_(database, "UPDATE tokens SET withdrawn_at = ?, withdrawn_by = ? WHERE hash = ?"),
      maker_(database, "SELECT created_by FROM tokens WHERE hash = ?") {}

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
  if (!rows.is_null(2)) return token_withdrawn();
  if (rows.time(0) <= at) return token_expired();
  if (rows.number(1) <= 0) return token_spent();
  return {};
}

Result<void> TokenWriter::withdraw(const Digest& hash, TimePoint at, const Identity& by) {
  {
    Query::Rows rows = state_.rows(hash);
    if (!rows.next()) return no_token();
    if (!rows.is_null(2)) return withdrawn_already();
  }
  withdraw_.run(at, by, hash);
  return {};
}

bool TokenWriter::is_withdrawn(const Digest& hash) {
  Query::Rows rows = state_.rows(hash);
  return rows.next() && !rows.is_null(2);
}

Identity TokenWriter::maker(const Digest& hash) {
  Query::Rows rows = maker_.rows(hash);
  return rows.next() ? Identity(rows.text(0)) : Identity();
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
    : database_(database), find_(database, columns + "WHERE hash = ?") {}

std::optional<Token> TokenReader::find(const Digest& hash) {
  Query::Rows rows = find_.rows(hash);
  if (!rows.next()) return std::nullopt;
  return read_token(rows);
}

TokenPage TokenReader::list(const TokenFilter& filter, std::int64_t before, int limit) {
  std::string sql = columns + "WHERE number < ?1 ";
  if (!filter.identity.empty()) sql += "AND identity = ?3 ";
  if (!filter.profile.empty()) sql += "AND profile = ?4 ";
  if (filter.usable_at) sql += "AND expires_at > ?5 AND withdrawn_at IS NULL AND used < uses ";
  Query query(database_, sql + "ORDER BY number DESC LIMIT ?2");
  query.bind(1, before);
  query.bind(2, limit + 1);  // one more tells whether there is a next page
  if (!filter.identity.empty()) query.bind(3, filter.identity);
  if (!filter.profile.empty()) query.bind(4, filter.profile);
  if (filter.usable_at) query.bind(5, *filter.usable_at);
  TokenPage page;
  Query::Rows rows = query.open();
  std::int64_t last = 0;
  while (rows.next()) {
    if (page.tokens.size() == static_cast<std::size_t>(limit)) {
      page.next_cursor = encode_cursor({last, std::nullopt});
      break;
    }
    page.tokens.push_back(read_token(rows));
    last = rows.number(number_column);
  }
  return page;
}

}  // namespace chancery::store
