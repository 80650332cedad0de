#include "ca/store/sqlite/key_ownership.h"

#include "ca/store/refusals.h"

namespace chancery::store {
namespace {

// The first answers for all: no second identity gets past this.
constexpr const char* owner_sql =
    "SELECT identity FROM certificates WHERE spki_hash = ?1 "
    "UNION ALL SELECT identity FROM intents WHERE spki_hash = ?1 LIMIT 1";

constexpr const char* bar_sql =
    "INSERT INTO compromised_keys (spki_hash) "
    "SELECT spki_hash FROM certificates WHERE id = ?1 UNION SELECT spki_hash FROM intents WHERE id = ?1 "
    "UNION SELECT spki_hash FROM abandoned_keys WHERE id = ?1 "
    "ON CONFLICT DO NOTHING";

}  // namespace

KeyOwnership::KeyOwnership(const SQLite::Database& database)
    : owner_(database, owner_sql),
      compromised_(database, "SELECT 1 FROM compromised_keys WHERE spki_hash = ?"),
      keep_(database,
            "INSERT INTO abandoned_keys (id, spki_hash) SELECT id, spki_hash FROM intents WHERE id = ?"),
      bar_(database, bar_sql) {}

Result<void> KeyOwnership::check(const Digest& spki_hash, const Identity& identity, bool fresh) {
  if (is_barred(spki_hash)) return key_compromised();
  Query::Rows owner = owner_.rows(spki_hash);
  if (!owner.next()) return {};
  if (owner.text(0) != identity.text()) return key_of_another();
  if (fresh) return key_not_fresh();
  return {};
}

bool KeyOwnership::is_barred(const Digest& spki_hash) {
  return compromised_.rows(spki_hash).next();
}

void KeyOwnership::keep(std::int64_t id) {
  keep_.run(id);
}

void KeyOwnership::bar(std::int64_t id) {
  bar_.run(id);
}

}  // namespace chancery::store
