namespace chancery::store {

// Counting certificates would miss the issuances that are open at this moment, and needs an index on a table
// that has enough of them. Only profiles with quotas write here, and each use is deleted once it has left its
// window.
extern const char* const migration_0005_quotas;
const char* const migration_0005_quotas = R"sql(
CREATE TABLE quota_uses (
  subject TEXT NOT NULL,
  at      INTEGER NOT NULL,
  id      INTEGER NOT NULL REFERENCES certificate_status (id),
  PRIMARY KEY (subject, at, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX quota_uses_id ON quota_uses (id);
)sql";

}  // namespace chancery::store
