// Who may have a key certified, in SQL.
#pragma once

#include "ca/store/sqlite/query.h"
#include "ca/store/store.h"

namespace chancery::store {

// On any connection; keep() and bar() on the writer's, inside its transaction, only.
class KeyOwnership {
 public:
  explicit KeyOwnership(const SQLite::Database& database);

  // As Store::check_key.
  Result<void> check(const Digest& spki_hash, const Identity& identity, bool fresh);
  // A certificate with it was revoked for keyCompromise.
  bool is_barred(const Digest& spki_hash);
  // Of the open intent with this id, which is about to be abandoned: its key is known for bar().
  void keep(std::int64_t id);
  // The key of the certificate, or of the open or abandoned intent, with this id is never certified again.
  void bar(std::int64_t id);

 private:
  Query owner_, compromised_, keep_, bar_;
};

}  // namespace chancery::store
