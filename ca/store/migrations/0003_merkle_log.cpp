namespace chancery::store {

// The audit chain becomes a Merkle tree; ca/store/sqlite/log_conversion.cpp then hashes the entries anew and
// drops audit.previous.
extern const char* const migration_0003_merkle_log;
const char* const migration_0003_merkle_log = R"sql(
-- Complete tiles of 256 hashes. The first columns are read alone: the root before the 8 KB that follow.
CREATE TABLE log_tiles (
  id     INTEGER PRIMARY KEY,
  level  INTEGER NOT NULL,
  number INTEGER NOT NULL,
  root   BLOB NOT NULL,
  hashes BLOB NOT NULL,
  UNIQUE (level, number)
) STRICT;

-- Of the audit entry that was written with the certificate.
ALTER TABLE certificates ADD COLUMN log_sequence INTEGER NOT NULL DEFAULT 0;
UPDATE certificates SET log_sequence = a.sequence
  FROM audit a JOIN certificate_status s ON s.serial = a.subject
  WHERE a.event_type = 'certificate.issued' AND s.id = certificates.id;
)sql";

}  // namespace chancery::store
