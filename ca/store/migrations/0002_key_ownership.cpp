namespace chancery::store {

// Who may use a key is decided when an issuance begins, so open intents must tell theirs, and keys that were
// given away must be known.
extern const char* const migration_0002_key_ownership;
const char* const migration_0002_key_ownership = R"sql(
-- Intents of an older program have none; they are ended at start-up.
ALTER TABLE intents ADD COLUMN spki_hash BLOB NOT NULL DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
CREATE INDEX intents_spki ON intents (spki_hash);

-- Of certificates revoked for keyCompromise (1).
CREATE TABLE compromised_keys (
  spki_hash BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO compromised_keys (spki_hash)
  SELECT DISTINCT c.spki_hash FROM certificates c JOIN certificate_status s ON s.id = c.id
  WHERE s.status = 1 AND s.reason = 1;
)sql";

}  // namespace chancery::store
