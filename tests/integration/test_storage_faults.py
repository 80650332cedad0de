"""The disk full, the database locked or read-only: refused clearly, nothing changed, and well again by itself."""
import os
import pathlib
import shutil
import subprocess

import pytest

from stack.ledger import Ledger
from stack.processes import Process, wait_until
from stack.rest import data, refusal

from conftest import Workshop, built_site


def ask(workshop):
    """A request that must be written down: an operator's, so that no token has to be made first."""
    host = workshop.host()
    return workshop.operator.request_certificate(workshop.request(f"dns:{host}"), profile="service", identity=host)


def test_a_database_locked_by_another_process(workshop):
    data(ask(workshop), 201)
    before = workshop.ledger.contents()
    with workshop.ledger.connect("rw") as other:
        other.execute("BEGIN EXCLUSIVE")
        message = refusal(ask(workshop), 503, "UnavailableError")
        other.execute("ROLLBACK")
    assert "lock" in message
    assert workshop.ledger.contents() == before
    data(ask(workshop), 201)


# A private view of the file system for chancery-ca alone: what is mounted in it is gone when the process ends.
PRIVATE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
ON_SMALL_DISK = """\
set -eu
mount -t tmpfs -o size=1m,mode=0700 small "$1"
cp -p "$2"/* "$1"/
shift 2
exec "$@"
"""
WITH_FULL_DISK = """\
set -eu
mount -t tmpfs -o size=4k,mode=0700 full "$1"
head -c 4096 /dev/zero >"$1/filler"
shift 1
exec "$@"
"""
READ_ONLY = """\
set -eu
mount --bind "$1" "$1"
mount -o remount,bind,ro "$1"
shift 1
exec "$@"
"""


@pytest.fixture
def own_site(programs, tmp_path):
    with built_site(programs, tmp_path, start=False) as site:
        yield site


def test_what_was_issued_here_and_does_not_fit_is_shown(own_site):
    ca, disk = own_site.ca, own_site.directory / "disk"
    disk.mkdir()
    request = own_site.directory / "host.csr"
    request.write_text(Workshop(own_site).request("dns:host.test.internal"))
    issue = [ca.programs.ca, "issue", "--config", ca.configuration, "--profile", "service", "--identity", "host",
             "--csr", request, "--out", disk / "host.pem"]
    issued = subprocess.run([*PRIVATE, "sh", "-c", WITH_FULL_DISK, "sh", disk, *issue], text=True, capture_output=True, check=False)
    assert issued.returncode == 1 and "the certificate was issued but not written" in issued.stderr, issued.stderr
    assert issued.stdout.count("BEGIN CERTIFICATE") == 2


def test_a_full_disk(own_site):
    ca, disk, kept = own_site.ca, own_site.directory / "disk", own_site.directory / "kept"
    disk.mkdir()
    kept.mkdir()
    for file in ca.directory.glob("chancery.db*"):
        file.rename(kept / file.name)
    ca.configure(database=str(disk / ca.database.name))
    script = own_site.directory / "on-small-disk"
    script.write_text(ON_SMALL_DISK)
    command = [*PRIVATE, "/bin/sh", script, disk, kept, ca.programs.ca, "serve", "--config", ca.configuration]
    ca.process = Process("chancery-ca", command, ca.log).start()
    ca.process.wait_ready(lambda: serving(own_site), "answering")
    inside = pathlib.Path(f"/proc/{ca.process.pid}/root{disk}")  # the disk as that process sees it
    workshop = Workshop(own_site)

    data(ask(workshop), 201)
    filler = inside / "filler"
    fill(filler)
    before = copied_contents(inside, own_site.directory / "before")
    message = refusal(ask(workshop), 503, "UnavailableError")
    assert "disk" in message or "full" in message
    assert copied_contents(inside, own_site.directory / "after") == before
    filler.unlink()
    data(ask(workshop), 201)
    assert ca.stop() == 0


def copied_contents(disk, folder):
    """What the database on another process's disk holds: SQLite itself would follow /proc/PID/root out of it."""
    folder.mkdir()
    for name in ("chancery.db", "chancery.db-wal"):
        shutil.copyfile(disk / name, folder / name)
    return Ledger(folder / "chancery.db").contents()


def serving(site):
    return Workshop(site).anybody.get("/health").status_code == 200


def fill(path):
    """Leaves not one byte of its disk."""
    with open(path, "wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                pass


def test_a_read_only_database_refuses_to_start(own_site):
    ca = own_site.ca
    before = {file.name: file.read_bytes() for file in ca.directory.iterdir() if file.is_file() and file != ca.log}
    script = own_site.directory / "read-only"
    script.write_text(READ_ONLY)
    log = own_site.directory / "read-only.log"
    command = [*PRIVATE, "/bin/sh", script, ca.directory, ca.programs.ca, "serve", "--config", ca.configuration]
    process = Process("chancery-ca", command, log).start()
    assert process.wait(timeout=20) > 0
    assert "read-only" in process.tail().lower()
    assert {file.name: file.read_bytes() for file in ca.directory.iterdir() if file.is_file() and file != ca.log} == before


def test_a_database_that_is_not_one(own_site):
    ca = own_site.ca
    ca.database.write_bytes(b"this is no database" * 1000)
    process = ca.launch()
    assert process.wait(timeout=20) > 0
    assert str(ca.database) in process.tail()


def test_a_certificate_asked_for_while_the_front_waits_for_the_service(own_site):
    """A service that is down is `unavailable`, and the same request succeeds once it is up."""
    workshop = Workshop(own_site)
    csr = workshop.request("dns:patient.test.internal")

    def request():
        return workshop.operator.request_certificate(csr, profile="service", identity="patient", idempotency_key="patient")

    refusal(request(), 503, "UnavailableError")
    own_site.start_ca()
    answer = wait_until(lambda: (lambda response: response.status_code == 201 and response)(request()), "an answer")
    data(answer, 201)
