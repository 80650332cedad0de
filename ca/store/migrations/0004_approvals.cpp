namespace chancery::store {

// Requests that wait for approval, repeats that are recognised by their hash, lineages, withdrawn tokens.
extern const char* const migration_0004_approvals;
const char* const migration_0004_approvals = R"sql(
-- 0 pending, 1 approved, 2 issued, 3 rejected, 4 refused, 5 expired, 6 cancelled. Pending and approved ones are open.
CREATE TABLE requests (
  number          INTEGER PRIMARY KEY,
  id              TEXT NOT NULL UNIQUE,
  state           INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
  identity        TEXT NOT NULL,
  profile         TEXT NOT NULL,
  profile_hash    BLOB NOT NULL,
  csr             BLOB NOT NULL,
  request_hash    BLOB NOT NULL,
  spki_hash       BLOB NOT NULL,
  names           TEXT NOT NULL,
  bound_names     TEXT,
  by_operator     INTEGER NOT NULL,
  actor           TEXT NOT NULL,
  actor_profile   TEXT NOT NULL,
  authorised_by   TEXT NOT NULL,
  token_hash      BLOB REFERENCES tokens (hash),
  renews          TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_id      TEXT NOT NULL,
  required        INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  expires_at      INTEGER NOT NULL,
  ended_at        INTEGER,
  ended_by        TEXT NOT NULL DEFAULT '',
  reason          TEXT NOT NULL DEFAULT '',
  serial          TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX requests_state ON requests (state, number);
CREATE INDEX requests_identity ON requests (identity, number);
CREATE INDEX requests_expiry ON requests (expires_at) WHERE state IN (0, 1);
CREATE UNIQUE INDEX requests_open ON requests (request_hash, renews) WHERE state IN (0, 1);
CREATE UNIQUE INDEX requests_idempotency ON requests (identity, idempotency_key) WHERE idempotency_key <> '';
CREATE INDEX requests_token ON requests (token_hash) WHERE token_hash IS NOT NULL;

CREATE TABLE request_approvals (
  request  INTEGER NOT NULL REFERENCES requests (number),
  approver TEXT NOT NULL,
  serial   TEXT NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (request, approver),
  UNIQUE (request, serial)
) STRICT, WITHOUT ROWID;

ALTER TABLE intents ADD COLUMN renews TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN approval TEXT NOT NULL DEFAULT '';
CREATE INDEX intents_request ON intents (request_hash);

ALTER TABLE certificates ADD COLUMN supersedes TEXT NOT NULL DEFAULT '';
ALTER TABLE certificates ADD COLUMN approvers TEXT NOT NULL DEFAULT '';
-- Eight bytes tell requests apart well enough, at a third of the index's size.
CREATE INDEX certificates_request ON certificates (substr(request_hash, 1, 8));
-- The first of a lineage is found by its serial, so that most certificates cost nothing here.
CREATE INDEX certificates_lineage ON certificates (lineage) WHERE renewed_from <> '' OR supersedes <> '';

ALTER TABLE tokens ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN withdrawn_at INTEGER;
ALTER TABLE tokens ADD COLUMN withdrawn_by TEXT NOT NULL DEFAULT '';
UPDATE tokens SET number = t.n
  FROM (SELECT hash, row_number() OVER (ORDER BY created_at, hash) AS n FROM tokens) AS t WHERE t.hash = tokens.hash;
CREATE UNIQUE INDEX tokens_number ON tokens (number);
CREATE INDEX tokens_identity ON tokens (identity, number);
)sql";

}  // namespace chancery::store
