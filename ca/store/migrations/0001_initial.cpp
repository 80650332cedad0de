namespace chancery::store {

// Indexes cost more than rows here, and random ones the most: a serial is drawn at random, so it stands in
// one index only (certificate_status), and everything else hangs on the small rising id that it gets there.
extern const char* const migration_0001_initial;
const char* const migration_0001_initial = R"sql(
-- Every serial that was ever meant to be signed. 0 valid, 1 revoked, 2 unrecorded (until its certificate is recorded).
CREATE TABLE certificate_status (
  id         INTEGER PRIMARY KEY,
  serial     TEXT NOT NULL UNIQUE,
  status     INTEGER NOT NULL CHECK (status IN (0, 1, 2)),
  revoked_at INTEGER,
  reason     INTEGER NOT NULL
) STRICT;
CREATE INDEX certificate_status_revoked ON certificate_status (id) WHERE status = 1;

CREATE TABLE tokens (
  hash       BLOB NOT NULL PRIMARY KEY,
  identity   TEXT NOT NULL,
  profile    TEXT NOT NULL,
  names      TEXT NOT NULL,
  uses       INTEGER NOT NULL,
  used       INTEGER NOT NULL,
  reserved   INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  CHECK (used >= 0 AND reserved >= 0 AND used + reserved <= uses)
) STRICT, WITHOUT ROWID;

-- Issuances begun and not yet ended; nearly empty at all times.
CREATE TABLE intents (
  id              INTEGER PRIMARY KEY REFERENCES certificate_status (id),
  tbs_hash        BLOB NOT NULL,
  request_hash    BLOB NOT NULL,
  identity        TEXT NOT NULL,
  profile         TEXT NOT NULL,
  request_id      TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  token_hash      BLOB REFERENCES tokens (hash),
  idempotency_key TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX intents_idempotency ON intents (identity, idempotency_key) WHERE idempotency_key <> '';

CREATE TABLE certificates (
  id              INTEGER PRIMARY KEY REFERENCES certificate_status (id),
  der             BLOB NOT NULL,
  fingerprint     BLOB NOT NULL,
  spki_hash       BLOB NOT NULL,
  request_hash    BLOB NOT NULL,
  not_before      INTEGER NOT NULL,
  not_after       INTEGER NOT NULL,
  renew_after     INTEGER NOT NULL,
  issued_at       INTEGER NOT NULL,
  identity        TEXT NOT NULL,
  profile         TEXT NOT NULL,
  profile_hash    BLOB NOT NULL,
  subject         TEXT NOT NULL,
  names           TEXT NOT NULL,  -- "15:dns:web.example,": each with its length in bytes
  renewed_from    TEXT NOT NULL,
  lineage         TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_id      TEXT NOT NULL
) STRICT;
CREATE INDEX certificates_spki ON certificates (spki_hash);
CREATE INDEX certificates_identity ON certificates (identity);
CREATE INDEX certificates_profile ON certificates (profile);
CREATE INDEX certificates_not_after ON certificates (not_after);
CREATE UNIQUE INDEX certificates_idempotency ON certificates (identity, idempotency_key) WHERE idempotency_key <> '';

CREATE TABLE certificate_names (
  name TEXT NOT NULL,
  id   INTEGER NOT NULL REFERENCES certificates (id),
  PRIMARY KEY (name, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  sequence   INTEGER PRIMARY KEY,
  at         INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  actor      TEXT NOT NULL,
  subject    TEXT NOT NULL,
  fields     TEXT NOT NULL,
  previous   BLOB NOT NULL,
  hash       BLOB NOT NULL
) STRICT;

-- The sequence is that of the audit entry written with the event, so it never repeats even when the table runs empty.
CREATE TABLE outbox (
  sequence INTEGER PRIMARY KEY REFERENCES audit (sequence),
  type     TEXT NOT NULL,
  payload  TEXT NOT NULL,
  at       INTEGER NOT NULL
) STRICT;

CREATE TABLE write_probe (id INTEGER PRIMARY KEY) STRICT;
)sql";

}  // namespace chancery::store
