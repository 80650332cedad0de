#include "ca/store/sqlite/valid_certificates.h"

namespace chancery::store {

ValidCertificates::ValidCertificates(const SQLite::Database& database)
    : valid_(
          database,
          "SELECT 1 FROM certificate_status s JOIN certificates c ON c.id = s.id WHERE s.serial = ? AND "
          "s.status = 0 AND NOT EXISTS (SELECT 1 FROM compromised_keys k WHERE k.spki_hash = c.spki_hash)") {}

}  // namespace chancery::store
