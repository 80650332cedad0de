namespace chancery::store {

// A request that waits for approval holds a use of each quota, so that nobody approves in vain; what is past
// every window is found by its time; and the key of a serial that was abandoned can be barred.
extern const char* const migration_0007_holds;
const char* const migration_0007_holds = R"sql(
-- Of requests that are open and not being issued. Those kept by an older program have none.
CREATE TABLE quota_holds (
  subject TEXT NOT NULL,
  request INTEGER NOT NULL REFERENCES requests (number),
  PRIMARY KEY (subject, request)
) STRICT, WITHOUT ROWID;
CREATE INDEX quota_holds_request ON quota_holds (request);

CREATE INDEX quota_uses_at ON quota_uses (at);

-- Serials that an older program abandoned have none.
CREATE TABLE abandoned_keys (
  id        INTEGER PRIMARY KEY REFERENCES certificate_status (id),
  spki_hash BLOB NOT NULL
) STRICT;
)sql";

}  // namespace chancery::store
