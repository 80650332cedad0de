"""The transparency log through the programs: proofs, the check of the whole log, reconciliation; and what each finds."""
import base64
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess

import pytest
import requests

from stack.processes import run
from stack.programs import ROOT
from stack.rest import data
from stack.schema import faults

SCHEMA = json.loads((ROOT / "docs/reference/audit-entry.schema.json").read_text())


@pytest.fixture(scope="module")
def log_key(workshop):
    path = workshop.directory / "log-key.txt"
    path.write_text(run([workshop.site.ca.programs.ca, "log-key", "--config", workshop.site.ca.configuration]))
    return path


def client_options(workshop):
    return ["--server", workshop.site.front.url, "--roots", workshop.site.hierarchy.root,
            "--certificate", workshop.site.operator.certificate, "--key", workshop.site.operator.key]


def call(arguments, environment=None):
    """(exit status, standard output and error)"""
    result = subprocess.run([str(argument) for argument in arguments], text=True, capture_output=True,
                            env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL)
    return result.returncode, result.stdout + result.stderr


class Copy:
    """The database as it is now, checked and altered without the service."""

    def __init__(self, workshop, counter=None):
        self.ca = workshop.site.ca
        self.path = workshop.new_folder() / "copy.db"
        with sqlite3.connect(f"file:{self.ca.database}?mode=ro", uri=True) as source, sqlite3.connect(self.path) as target:
            source.backup(target)
        self.path.chmod(0o600)
        shutil.copy(f"{self.ca.database}.signatures", f"{self.path}.signatures")

    def change(self, *statements):
        with sqlite3.connect(self.path) as connection:
            for statement in statements:
                assert connection.execute(statement).rowcount > 0

    def run(self, *command):
        return call([self.ca.programs.ca, *command, "--config", self.ca.configuration],
                    {"CHANCERY_CA_DATABASE": str(self.path), "CHANCERY_CA_AUDIT_KEY_FILE": f"{self.ca.database}.log-key.pem"})

    def faults(self, *options):
        status, output = self.run("audit", "verify", "--json", *options)
        result = json.loads(output)
        assert status == (0 if result["whole"] else 1), output
        return [(fault["kind"], fault["index"], fault["where"]) for fault in result["faults"]]


def fill(workshop, entries):
    """At least so many entries: tokens are the cheapest."""
    while workshop.ledger.query("SELECT max(sequence) FROM audit")[0][0] < entries:
        host = workshop.host()
        workshop.operator.enroll(host, [f"dns:{host}"])


def keep_checkpoint(workshop):
    path = workshop.new_folder() / "checkpoint.txt"
    path.write_text(workshop.operator.get("/v1/log/checkpoint").text)
    return path


def test_a_proof_is_verified_without_the_service(workshop, log_key):
    certificate, _ = workshop.enrolled(workshop.host())
    folder = workshop.new_folder()
    proof, leaf = folder / "proof.json", folder / "leaf.pem"
    leaf.write_text(certificate["certificate"] + certificate["chain"])
    run([workshop.site.ca.programs.cli, *client_options(workshop), "show", certificate["serial"], "--proof", proof])
    command = [workshop.site.ca.programs.cli, "audit", "verify-proof", leaf, "--proof", proof, "--log-key", log_key]
    status, output = call(command)
    assert (status, "is entry" in output) == (0, True), output

    other, _ = workshop.enrolled(workshop.host())
    leaf.write_text(other["certificate"])
    status, output = call(command)
    assert status == 1 and "another certificate" in output, output

    leaf.write_text(certificate["certificate"])
    log = json.loads(proof.read_text())
    spoilt = bytearray(base64.b64decode(log["inclusion_path"][0]))
    spoilt[0] ^= 1
    proof.write_text(json.dumps({**log, "inclusion_path": [base64.b64encode(spoilt).decode(), *log["inclusion_path"][1:]]}))
    status, output = call(command)
    assert status == 1 and "does not lead" in output, output
    proof.write_text(json.dumps({**log, "entry": log["entry"].replace(certificate["serial"], other["serial"])}))
    assert call(command)[0] == 1
    proof.write_text("{}")
    assert call(command)[0] == 1


def test_a_running_ca_is_checked_over_rest(workshop, log_key):
    fill(workshop, 300)
    kept = workshop.new_folder() / "kept.txt"
    command = [workshop.site.ca.programs.cli, *client_options(workshop), "audit", "verify", "--log-key", log_key]
    assert "the log is whole" in run([*command, "--save", kept])
    workshop.operator.enroll("later", ["dns:later.test.internal"])
    result = json.loads(run([*command, "--checkpoint", kept, "--json"]))
    assert result["whole"] and result["faults"] == [] and result["entries"] > 300

    (subject,), = workshop.ledger.query("SELECT subject FROM audit WHERE sequence = 200")
    workshop.ledger.change("UPDATE audit SET subject = 'altered' WHERE sequence = 200")
    try:
        status, output = call(command)
        assert status == 1 and "entry at 199 (tile/0/000 hash 199): entry 199 was altered" in output, output
    finally:
        workshop.ledger.change("UPDATE audit SET subject = ? WHERE sequence = 200", subject)
    assert call(command)[0] == 0

    other_key = workshop.new_folder() / "other-key.txt"
    other_key.write_text(json.loads((ROOT / "tests/testdata/merkle/golden.json").read_text())["vkey"])
    status, output = call([*command[:-1], other_key])
    assert status == 1 and "no signature of the log key" in output, output


def test_the_programs_of_others_read_the_log(workshop):
    """The tree by hashlib alone, from what is served."""
    note = workshop.operator.get("/v1/log/checkpoint").text.splitlines()
    size = int(note[1])
    bundle = b"".join(workshop.operator.get(path).content for path in paths("entries", size))
    leaves = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        leaves.append(hashlib.sha256(b"\0" + bundle[2:2 + length]).digest())
        bundle = bundle[2 + length:]
    assert len(leaves) == size
    assert b"".join(leaves) == b"".join(workshop.operator.get(path).content for path in paths("0", size))
    assert note[0] == "chancery.internal/log" and base64.b64decode(note[2]) == root_of(leaves)


def paths(level, size):
    for number in range((size + 255) // 256):
        width = min(256, size - number * 256)
        yield f"/v1/log/tile/{level}/{number:03}" + ("" if width == 256 else f".p/{width}")


def root_of(leaves):
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()


def test_flipped_bits_truncation_rollback_and_fork_are_named(workshop):
    fill(workshop, 530)
    early, early_checkpoint = Copy(workshop), keep_checkpoint(workshop)
    fill(workshop, int(early_checkpoint.read_text().splitlines()[1]) + 4)
    checkpoint = keep_checkpoint(workshop)
    size = int(checkpoint.read_text().splitlines()[1])
    whole = Copy(workshop)
    assert whole.faults("--checkpoint", checkpoint, "--checkpoint", early_checkpoint) == []

    entry = Copy(workshop)
    entry.change("UPDATE audit SET actor = 'mallory' WHERE sequence = 300")
    assert entry.faults()[0] == ("entry", 299, "tile/0/001 hash 43")

    tile = Copy(workshop)
    tile.change("UPDATE log_tiles SET hashes = CAST(substr(hashes, 1, 31) || CASE substr(hashes, 32, 1) WHEN x'00' THEN x'01' "
                "ELSE x'00' END || substr(hashes, 33) AS BLOB) WHERE level = 0 AND number = 1")
    assert tile.faults() == [("tile", 256, "tile/0/001 hash 0")]

    gap = Copy(workshop)
    gap.change("DELETE FROM outbox WHERE sequence = 100 OR 1", "DELETE FROM audit WHERE sequence = 100")
    assert gap.faults()[0] == ("entry", 99, "tile/0/000 hash 99")

    cut = Copy(workshop)
    cut.change(f"DELETE FROM audit WHERE sequence > {size - 2}")
    assert cut.faults() == []  # nothing within it shows that
    assert cut.faults("--checkpoint", checkpoint) == [("rollback", size, str(checkpoint))]
    assert early.faults("--checkpoint", checkpoint) == [("rollback", size, str(checkpoint))]

    for number in range(3):  # another history from there on: two entries each
        folder = workshop.new_folder()
        key, _ = workshop.key_and_request(f"dns:fork-{number}.test.internal")
        request = key.parent / "request.pem"
        status, output = early.run("issue", "--profile", "service", "--identity", f"fork-{number}", "--csr", request,
                                   "--out", folder / "out.pem")
        assert status == 0, output
    assert early.faults("--checkpoint", early_checkpoint) == []
    assert early.faults("--checkpoint", checkpoint) == [("fork", size, str(checkpoint))]


def differences(copy):
    status, output = copy.run("audit", "reconcile", "--json")
    result = json.loads(output)
    assert status == (0 if result["agree"] else 1), output
    return {difference["kind"] for difference in result["differences"]}


def test_records_log_and_counter_are_reconciled(workshop):
    certificate, _ = workshop.enrolled(workshop.host())
    workshop.operator.post(f"/v1/certificates/{certificate['serial']}/revocation", {"reason": "superseded"})
    older = Copy(workshop)
    assert differences(older) == set()
    serial = certificate["serial"]
    of_it = f"(SELECT id FROM certificate_status WHERE serial = '{serial}')"

    silent = Copy(workshop)
    silent.change("DELETE FROM outbox", f"DELETE FROM audit WHERE subject = '{serial}' AND event_type = 'certificate.issued'")
    assert differences(silent) == {"certificate_without_entry"}
    gone = Copy(workshop)
    gone.change(f"DELETE FROM certificate_names WHERE id = {of_it}", f"DELETE FROM certificates WHERE id = {of_it}")
    assert differences(gone) == {"entry_without_certificate"}
    taken_back = Copy(workshop)
    taken_back.change(f"UPDATE certificate_status SET status = 0, revoked_at = NULL WHERE serial = '{serial}'")
    assert differences(taken_back) == {"revocation"}

    workshop.enrolled(workshop.host())  # the key signs; the older database does not know
    shutil.copy(f"{workshop.site.ca.database}.signatures", f"{older.path}.signatures")
    assert differences(older) == {"signatures"}
    assert differences(Copy(workshop)) == set()


def test_approvals_are_reconciled_with_the_log(workshop):
    approved, rejected, cancelled, withdrawn = keep_withdraw_and_decide(workshop)
    assert differences(Copy(workshop)) == set()
    of_it = f"(SELECT number FROM requests WHERE id = '{approved}')"
    for change, kinds in (
            (f"DELETE FROM request_approvals WHERE request = {of_it}", {"entry_without_approval", "approval_without_entry"}),
            (f"UPDATE request_approvals SET approver = 'dave' WHERE request = {of_it}",
             {"entry_without_approval", "approval_without_entry"}),
            (f"DELETE FROM audit WHERE event_type = 'request.approved' AND subject = '{approved}'", {"approval_without_entry"}),
            (f"UPDATE requests SET identity = 'dave' WHERE id = '{approved}'", {"request_terms"}),
            (f"UPDATE requests SET state = 0 WHERE id = '{rejected}'", {"request_end"}),
            (f"DELETE FROM audit WHERE event_type = 'request.cancelled' AND subject = '{cancelled}'", {"request_end"}),
            (f"UPDATE requests SET state = 0 WHERE id = '{withdrawn}'", {"request_end"}),
            (f"DELETE FROM requests WHERE id = '{rejected}'", {"entry_without_request"}),
            (f"UPDATE certificates SET approvers = '4:dave,' WHERE identity ="
             f" (SELECT identity FROM requests WHERE id = '{approved}')", {"approvers"})):
        copy = Copy(workshop)
        copy.change("DELETE FROM outbox", change)
        assert differences(copy) == kinds, change
    status, output = copy.run("audit", "reconcile")
    assert status == 1 and "approvers serial" in output, output


def test_the_counter_survives_a_kill_and_counts_checks_apart(workshop):
    ca = workshop.site.ca
    before = json.loads(run([ca.programs.ca, "audit", "reconcile", "--json", "--config", ca.configuration]))
    workshop.anybody.get("/health")
    workshop.enrolled(workshop.host())
    ca.process.signal(signal.SIGKILL)
    ca.process.wait()
    after = json.loads(run([ca.programs.ca, "audit", "reconcile", "--json", "--config", ca.configuration]))
    assert after["signatures"] == before["signatures"] + 1
    ca.start()


def keep_withdraw_and_decide(workshop):
    """The ids of four requests for approval: approved, rejected, cancelled, and cancelled with its token."""
    name = workshop.host().partition(".")[0]
    key, csr = workshop.key_and_request(f"email:{name}@ops.internal")
    carol = workshop.client(workshop.identity(key, data(
        workshop.operator.request_certificate(csr, profile="operator", identity=name), 201)))
    ids = []
    for decision, body, by in (("approval", {}, carol), ("rejection", {"reason": "not ordered"}, carol),
                               ("cancellation", {}, workshop.operator)):
        host = workshop.host()
        kept = data(workshop.operator.request_certificate(workshop.request(f"dns:{host}"), profile="guarded", identity=host), 202)
        data(by.post(f"/v1/requests/{kept['id']}/{decision}", body))
        ids.append(kept["id"])
    host = workshop.host()
    token = workshop.operator.enroll(host, [f"dns:{host}"], "guarded")
    ids.append(data(workshop.anybody.request_certificate(workshop.request(f"dns:{host}"), token), 202)["id"])
    made = data(workshop.operator.get("/v1/enrollments?limit=1"))["enrollments"][0]
    data(workshop.operator.post(f"/v1/enrollments/{made['id']}/withdrawal", {}))
    return ids


def test_entries_of_every_kind_have_the_schema(workshop):
    ca, host = workshop.site.ca, workshop.host()
    certificate, _ = workshop.enrolled(host)
    workshop.operator.post(f"/v1/certificates/{certificate['serial']}/revocation", {"reason": "superseded"})
    keep_withdraw_and_decide(workshop)
    ca.stop()
    ca.start(ca.programs.directory / "chancery-ca-crashing", {"CHANCERY_TEST_CRASH_AT": "sign"})
    workshop.operator.request_certificate(workshop.request(f"dns:{host}"), profile="service", identity=host)
    ca.process.wait()
    ca.start()  # ends what the crash has left
    size = int(workshop.operator.get("/v1/log/checkpoint").text.splitlines()[1])
    seen = set()
    for path in paths("entries", size):
        bundle = workshop.operator.get(path).content
        while bundle:
            length = int.from_bytes(bundle[:2], "big")
            entry = json.loads(bundle[2:2 + length])
            assert faults(entry, SCHEMA) == [], entry
            seen.add(entry["event_type"])
            bundle = bundle[2 + length:]
    known = set(SCHEMA["properties"]["event_type"]["enum"])
    # The first: tests/contract/sqlite_conversion_test.cpp. The others have the shape of request.rejected.
    assert seen == known - {"log.converted", "request.refused", "request.expired"}
    converted = {"sequence": 2, "at": "2026-11-22T04:36:00Z", "event_type": "log.converted", "actor": "local", "subject": "audit",
                 "fields": {"entries": 1, "head": "00" * 32}}
    assert faults(converted, SCHEMA) == []
    for spoilt in ({**converted, "more": 1}, {**converted, "fields": {}}, {**converted, "sequence": 0},
                   {**converted, "event_type": "certificate.issued"}):
        assert faults(spoilt, SCHEMA)


def test_the_key_file_is_private_and_refused_otherwise(workshop):
    ca = workshop.site.ca
    key = ca.database.with_name(ca.database.name + ".log-key.pem")
    assert key.stat().st_mode & 0o777 == 0o600
    assert "audit.key_created" in ca.log.read_text() and run([ca.programs.ca, "log-key", "--config", ca.configuration]).strip() in ca.log.read_text()
    run(["openssl", "pkey", "-in", key, "-noout"])
    key.chmod(0o640)
    try:
        status, output = call([ca.programs.ca, "log-key", "--config", ca.configuration])
        assert status == 1 and "chmod 600" in output, output
    finally:
        key.chmod(0o600)


def test_nobody_reads_the_log_without_a_certificate(workshop):
    for path in ("/v1/log/checkpoint", "/v1/log/tile/0/000", "/v1/log/tile/entries/000"):
        assert workshop.anybody.get(path).status_code == 401
    assert workshop.anybody.get("/v1/log/key").status_code == 200
    assert requests.get(f"http://127.0.0.1:{workshop.site.ca.port}/v1/log/key", timeout=10).status_code != 200
