"""A database of chancery-ca with as many certificates as wanted, in minutes: SQL makes the rows where they are kept.

The schema is the program's own: the file comes from chancery-ca, and indexes are taken away for the filling and put back word
for word. Certificates are not parseable (their DER is zeros) and the log's leaf hashes are random, but for its last tile's, below a true tree: nothing
that is measured reads into either.
"""
import datetime
import hashlib
import json
import sqlite3

PER_HOST = 10  # certificates of one host: one identity, one name
RARE_EVERY, REVOKED_EVERY = 50, 10  # of profile "front" instead of "service"; revoked
DAY = 86400
LIFETIME, HISTORY = 90 * DAY, 120 * DAY  # issued evenly over the last 120 days, so that a quarter has expired

STATUS = """\
INSERT INTO certificate_status (id, serial, status, revoked_at, reason)
  SELECT :base + i, '4f' || lower(hex(randomblob(16))), i % :revoked_every = 0,
         iif(i % :revoked_every = 0, :now, NULL), iif(i % :revoked_every = 0, 4, 0) FROM numbers"""

CERTIFICATES = """\
INSERT INTO certificates (id, der, fingerprint, spki_hash, request_hash, not_before, not_after, renew_after, issued_at, identity,
                          profile, profile_hash, subject, names, renewed_from, lineage, idempotency_key, request_id)
  SELECT :base + i, zeroblob(620), randomblob(32), randomblob(32), randomblob(32), at, at + :lifetime - 1, at + :lifetime * 2 / 3,
         at, host, iif(i % :rare_every = 0, 'front', 'service'), zeroblob(32), 'CN=' || host,
         printf('%d:dns:%s.svc.internal,', length(host) + 17, host), '', '4f' || hex(randomblob(16)), '', hex(randomblob(16))
  FROM (SELECT i, :now - :history + i * :history / :rows AS at, printf('host-%08d', i % :hosts) AS host FROM numbers)"""

# In the order of the table, whose key begins with the name.
NAMES = """\
INSERT INTO certificate_names (name, id)
  SELECT printf('dns:host-%08d.svc.internal', host.i - 1), :base + iif(host.i = 1, :hosts, host.i - 1) + (turn.i - 1) * :hosts
  FROM numbers AS host CROSS JOIN numbers AS turn WHERE host.i <= :hosts AND turn.i <= :per_host ORDER BY 1, 2"""

AUDIT = """\
INSERT INTO audit (sequence, at, event_type, actor, subject, fields, hash)
  SELECT :sequence + (i - 1) * 2 + entry, :now, iif(entry = 1, 'issuance.intent', 'certificate.issued'), 'host',
         '4f' || hex(randomblob(16)), '{"padding":"' || hex(zeroblob(120)) || '"}', randomblob(32)
  FROM numbers CROSS JOIN (SELECT 1 AS entry UNION ALL SELECT 2)"""

COUNTS = ["""\
INSERT INTO expiry_counts (level, bucket, certificates)
  SELECT 0, c.not_after, count(*) FROM certificates c JOIN certificate_status s ON s.id = c.id WHERE s.status = 0 GROUP BY 2""",
          *(f"INSERT INTO expiry_counts (level, bucket, certificates)"
            f" SELECT {level + 6}, bucket >> 6, sum(certificates) FROM expiry_counts WHERE level = {level} GROUP BY 2"
            for level in (0, 6, 12))]

ORPHANS = "SELECT count(*) FROM certificates c WHERE NOT EXISTS (SELECT 1 FROM certificate_names n WHERE n.id = c.id)"


def root_of(hashes):
    while len(hashes) > 1:
        hashes = [hashlib.sha256(b"\1" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2])]
    return hashes[0]


def leaf_hash(sequence, at, event_type, actor, subject, fields):
    entry = {"sequence": sequence, "at": datetime.datetime.utcfromtimestamp(at).strftime("%Y-%m-%dT%H:%M:%SZ"), "event_type": event_type,
             "actor": actor, "subject": subject, "fields": json.loads(fields)}
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"\0" + text.encode()).digest()


def add_tiles(connection):
    """Every complete tile of the log, made anew; the entries behind the last one get their true hashes, which a start checks."""
    connection.execute("DELETE FROM log_tiles")
    (size,), = connection.execute("SELECT count(*) FROM audit")
    for row in connection.execute("SELECT sequence, at, event_type, actor, subject, fields FROM audit WHERE sequence > ?",
                                  (size - size % 256,)).fetchall():
        connection.execute("UPDATE audit SET hash = ? WHERE sequence = ?", (leaf_hash(*row), row[0]))
    level, hashes = 0, (hash for hash, in connection.execute("SELECT hash FROM audit ORDER BY sequence"))
    while True:
        roots, tile = [], []
        for hash in hashes:
            tile.append(hash)
            if len(tile) == 256:
                root = root_of(tile)
                connection.execute("INSERT INTO log_tiles (level, number, root, hashes) VALUES (?, ?, ?, ?)",
                                   (level, len(roots), root, b"".join(tile)))
                roots.append(root)
                tile = []
        if not roots:
            return
        level, hashes = level + 1, roots


def fill(path, rows, now, say):
    """`rows` certificates more, a multiple of PER_HOST. `say` is told what is being done."""
    if rows < PER_HOST or rows % PER_HOST:
        raise ValueError(f"the number of rows must be a multiple of {PER_HOST}, but is {rows}")
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1048576", "temp_store = MEMORY", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    (base,), = connection.execute("SELECT max(id) FROM certificate_status")
    (sequence,), = connection.execute("SELECT max(sequence) FROM audit")
    values = {"base": base, "sequence": sequence, "rows": rows, "hosts": rows // PER_HOST, "per_host": PER_HOST, "now": now,
              "lifetime": LIFETIME, "history": HISTORY, "rare_every": RARE_EVERY, "revoked_every": REVOKED_EVERY}
    indexes = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    connection.execute("DELETE FROM expiry_counts")
    connection.execute("CREATE TEMP TABLE numbers (i INTEGER PRIMARY KEY)")
    connection.execute("INSERT INTO numbers WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n",
                       (rows,))
    for what, sql in (("status rows", STATUS), ("certificates", CERTIFICATES), ("names", NAMES), ("audit entries", AUDIT)):
        say(f"{rows} certificates: {what}")
        connection.execute(sql, {name: value for name, value in values.items() if f":{name}" in sql})
    say(f"{rows} certificates: tiles of the log")
    add_tiles(connection)
    say(f"{rows} certificates: counts and indexes")
    for sql in [*COUNTS, *(sql for _, sql in indexes)]:
        connection.execute(sql)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
