namespace chancery::store {

// Counting what expires by walking an index takes as long as there are certificates; these counts take as
// long as there are levels. And listing what expires first, of one profile, must not walk past all the
// others.
extern const char* const migration_0006_expiry_counts;
const char* const migration_0006_expiry_counts = R"sql(
-- Valid certificates by when they expire. A bucket of level n holds those whose notAfter / 2^n, rounded down, is its number;
-- the levels are 0, 6, 12 and 18, so that 64 of one make one of the next (ca/store/sqlite/expiry_counts).
CREATE TABLE expiry_counts (
  level        INTEGER NOT NULL,
  bucket       INTEGER NOT NULL,
  certificates INTEGER NOT NULL CHECK (certificates >= 0),
  PRIMARY KEY (level, bucket)
) STRICT, WITHOUT ROWID;
INSERT INTO expiry_counts (level, bucket, certificates)
  SELECT 0, c.not_after, count(*) FROM certificates c JOIN certificate_status s ON s.id = c.id
  WHERE s.status = 0 GROUP BY c.not_after;
INSERT INTO expiry_counts (level, bucket, certificates)
  SELECT 6, bucket >> 6, sum(certificates) FROM expiry_counts WHERE level = 0 GROUP BY bucket >> 6;
INSERT INTO expiry_counts (level, bucket, certificates)
  SELECT 12, bucket >> 6, sum(certificates) FROM expiry_counts WHERE level = 6 GROUP BY bucket >> 6;
INSERT INTO expiry_counts (level, bucket, certificates)
  SELECT 18, bucket >> 6, sum(certificates) FROM expiry_counts WHERE level = 12 GROUP BY bucket >> 6;

CREATE INDEX certificates_profile_expiry ON certificates (profile, not_after);
)sql";

}  // namespace chancery::store
