"""A database that was put back to an earlier state is refused by whatever would write to it, and there is a way out."""
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

from conftest import Workshop, built_site


@pytest.fixture
def own_site(programs, tmp_path):
    with built_site(programs, tmp_path) as site:
        yield site


def put_back(ca, earlier):
    for suffix in ("-wal", "-shm"):
        ca.database.with_name(ca.database.name + suffix).unlink(missing_ok=True)
    shutil.copy(earlier, ca.database)


def refusal(ca):
    ca.log.write_text("")
    process = ca.launch()
    assert process.wait(timeout=20) > 0
    return process.tail(lines=100)


def test_an_earlier_database_is_refused_until_the_checkpoint_is_moved_away(own_site):
    ca, workshop = own_site.ca, Workshop(own_site)
    checkpoint = ca.database.with_name(ca.database.name + ".checkpoint")
    assert ca.stop() == 0
    earlier = own_site.directory / "earlier.db"
    shutil.copy(ca.database, earlier)
    ca.start()
    workshop.enrolled(workshop.host())
    assert ca.stop() == 0
    newest = own_site.directory / "newest.db"
    shutil.copy(ca.database, newest)
    entries = workshop.ledger.query("SELECT max(sequence) FROM audit")[0][0]
    assert checkpoint.read_text().splitlines()[1] == str(entries)

    put_back(ca, earlier)
    before = ca.database.read_bytes()
    said = refusal(ca)
    assert "the database is not the one that this CA had last" in said and f"and had {entries}" in said
    assert f"move {checkpoint} away" in said
    _, csr = workshop.key_and_request("dns:host.test.internal")
    request = own_site.directory / "host.csr"
    request.write_text(csr)
    issued = subprocess.run([ca.programs.ca, "issue", "--config", ca.configuration, "--profile", "service", "--identity", "host",
                             "--csr", request, "--out", own_site.directory / "host.pem"], text=True, capture_output=True)
    assert issued.returncode != 0 and "is not the one that this CA had last" in issued.stderr
    assert ca.database.read_bytes() == before

    put_back(ca, newest)
    ca.start()
    assert ca.stop() == 0

    put_back(ca, earlier)
    checkpoint.rename(own_site.directory / "evidence.checkpoint")
    ca.start()
    workshop.enrolled(workshop.host())
    assert ca.stop() == 0
    assert checkpoint.exists()


def copied(ca, to):
    """The database as it stands, by SQLite: the service goes on."""
    with closing(sqlite3.connect(ca.database)) as database, closing(sqlite3.connect(to)) as copy:
        database.backup(copy)
    return to


def test_an_earlier_database_is_refused_after_a_kill_though_no_checkpoint_was_kept_since(own_site):
    """The last minute: what stands in the checkpoint is older than the copy, and the key's uses are counted all the same."""
    ca, workshop = own_site.ca, Workshop(own_site)
    checkpoint = ca.database.with_name(ca.database.name + ".checkpoint")
    workshop.enrolled(workshop.host())
    earlier = copied(ca, own_site.directory / "earlier.db")
    kept = checkpoint.read_text()
    certificate, _ = workshop.enrolled(workshop.host())
    workshop.operator.post(f"/v1/certificates/{certificate['serial']}/revocation", {"reason": "superseded"})
    ca.process.kill()
    assert checkpoint.read_text() == kept, "the housekeeping came in between"
    newest = copied(ca, own_site.directory / "newest.db")

    put_back(ca, earlier)
    said = refusal(ca)
    assert "the database is not the one that this CA had last" in said and f"{ca.database}.signatures says" in said
    assert f"move {checkpoint} away" in said

    put_back(ca, newest)
    ca.start()
    ca.process.kill()
    put_back(ca, earlier)
    checkpoint.rename(own_site.directory / "evidence.checkpoint")
    ca.start()
    workshop.enrolled(workshop.host())
    ca.process.kill()
    ca.start()
    assert ca.stop() == 0


def as_schema_6(database):
    """As the program of before schema 7 left it: what that schema added is taken away."""
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript("DROP TABLE quota_holds; DROP INDEX quota_uses_at; DROP TABLE abandoned_keys; PRAGMA user_version = 6;")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return database


def test_an_earlier_database_of_an_older_schema_is_refused_as_it_is(own_site):
    ca, workshop = own_site.ca, Workshop(own_site)
    workshop.enrolled(workshop.host())
    earlier = as_schema_6(copied(ca, own_site.directory / "earlier.db"))
    workshop.enrolled(workshop.host())
    ca.process.kill()
    newest = as_schema_6(copied(ca, own_site.directory / "newest.db"))

    def is_refused_by(what):
        put_back(ca, earlier)
        before = ca.database.read_bytes()
        assert f"{ca.database}.{what} says" in refusal(ca)
        assert ca.database.read_bytes() == before

    is_refused_by("signatures")
    put_back(ca, newest)
    ca.start()  # an upgrade is none of it
    workshop.enrolled(workshop.host())
    assert workshop.ledger.query("PRAGMA user_version")[0][0] > 6
    assert ca.stop() == 0
    is_refused_by("checkpoint")


def test_a_lost_log_key_is_not_replaced_silently(own_site):
    ca = own_site.ca
    assert ca.stop() == 0
    key = ca.database.with_name(ca.database.name + ".log-key.pem")
    key.rename(own_site.directory / "key.pem")
    assert f"{key} is missing" in refusal(ca)
    assert not key.exists()
