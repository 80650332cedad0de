"""The CI form of tests/crash/run; and that its judge, shown a database that has lost or doubled something, says so."""
import hashlib
import json
import shutil
import subprocess
import sys

import pytest

from stack.ledger import Ledger
from stack.programs import ROOT
from stack.rest import data



CRASH = ROOT / "tests" / "crash"
sys.path.insert(0, str(CRASH))

from checks import Figures, Judge, Signatures  # noqa: E402
from journal import Acknowledged, Journal  # noqa: E402


def test_a_hundred_kills_lose_nothing(programs):
    done = subprocess.run([CRASH / "run", "--runs", "100", "--json", "--build", programs.directory.parent],
                          capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert not any(figures["faults"].values()), figures
    assert all(figures["killed_at"].values()), figures
    assert sum(figures["killed_at"].values()) == 100
    assert figures["signatures"] > 300 and figures["unrecorded"] > 0
    for kind in ("enrolment", "issue", "renewal", "revocation", "repeat"):
        assert figures["answers"][kind] > 0, figures


@pytest.mark.parametrize("arguments", [["--runs", "0"], ["--runs", "many"], ["--unknown"]])
def test_wrong_usage_is_status_2(arguments):
    done = subprocess.run([CRASH / "run", *arguments], capture_output=True, text=True)
    assert done.returncode == 2 and "usage" in done.stderr


class Scene:
    """A token, two certificates of it and a revocation, as the clients, the signer and the database know them."""

    def __init__(self, directory, site, workshop):
        self.site = site
        self.signatures = directory / "signatures"
        self.baseline = directory / "baseline.db"
        site.ca.stop()
        shutil.copyfile(site.ca.database, self.baseline)
        site.ca.start(site.ca.programs.directory / "chancery-ca-crashing",
                      {"CHANCERY_TEST_CRASH_AT": "never", "CHANCERY_TEST_SIGNATURES": str(self.signatures)})
        self.token = workshop.operator.enroll("scene", ["dns:scene.test.internal"], uses=2)
        self.certificates = [data(workshop.anybody.request_certificate(workshop.request("dns:scene.test.internal"), self.token), 201)
                             for _ in range(2)]
        data(workshop.operator.post(f"/v1/certificates/{self.certificates[1]['serial']}/revocation", {"reason": "superseded"}))
        site.ca.stop()

    @property
    def serial(self):
        return self.certificates[0]["serial"]

    def journal(self):
        journal = Journal()
        journal.token(self.token, "scene", 2)
        for certificate in self.certificates:
            fingerprint = bytes.fromhex(certificate["fingerprint"])
            journal.certificate("issue", Acknowledged(certificate["serial"], fingerprint, "scene", self.token, None))
        journal.revocation(self.certificates[1]["serial"], "superseded")
        return journal


@pytest.fixture(scope="module")
def scene(site, workshop, tmp_path_factory):
    return Scene(tmp_path_factory.mktemp("scene"), site, workshop)


def judged(scene, directory, change=lambda database, signatures, journal, scene: None):
    """The faults that the judge counts after `change` to copies of what the scene has left."""
    database, signatures, journal = directory / "copy.db", directory / "signatures", scene.journal()
    figures = Figures()
    shutil.copyfile(scene.baseline, database)
    judge = Judge(Ledger(database), journal, Signatures(signatures), figures)
    shutil.copyfile(scene.site.ca.database, database)
    shutil.copyfile(scene.signatures, signatures)
    change(Ledger(database), signatures, journal, scene)
    judge.judge()
    judge.close()
    return {kind for kind, count in figures.faults.items() if count}


def test_the_judge_finds_nothing_where_nothing_is_wrong(scene, tmp_path):
    assert judged(scene, tmp_path) == set()


def lose_a_certificate(database, signatures, journal, scene):
    database.change("DELETE FROM certificate_names WHERE id = (SELECT id FROM certificate_status WHERE serial = ?)", scene.serial)
    database.change("DELETE FROM certificates WHERE id = (SELECT id FROM certificate_status WHERE serial = ?)", scene.serial)


def exchange_a_certificate(database, signatures, journal, scene):
    database.change("UPDATE certificates SET der = x'00' WHERE id = (SELECT id FROM certificate_status WHERE serial = ?)", scene.serial)


def lose_a_revocation(database, signatures, journal, scene):
    database.change("UPDATE certificate_status SET status = 0 WHERE status = 1")


def lose_a_token(database, signatures, journal, scene):
    database.change("UPDATE tokens SET hash = ? WHERE identity = 'scene'", hashlib.sha256(b"another").digest())


def sign_what_is_unknown(database, signatures, journal, scene):
    with open(signatures, "a") as file:
        file.write("before 4f00\nafter 4f00\n")


def sign_twice(database, signatures, journal, scene):
    with open(signatures, "a") as file:
        file.write(f"after {scene.serial}\n")


def forget_a_signature(database, signatures, journal, scene):
    signatures.write_text("".join(line for line in signatures.read_text().splitlines(True) if scene.serial not in line))


def spend_too_much(database, signatures, journal, scene):
    journal.tokens[scene.token] = ("scene", 1)


def leave_a_reservation(database, signatures, journal, scene):
    database.change("UPDATE tokens SET used = 1, reserved = 1 WHERE identity = 'scene'")


def lose_an_entry(database, signatures, journal, scene):
    database.change("DELETE FROM audit WHERE event_type = 'issuance.intent' AND subject = ?", scene.serial)


def answer_twice_for_one_key(database, signatures, journal, scene):
    for certificate in scene.certificates:
        fingerprint = bytes.fromhex(certificate["fingerprint"])
        journal.certificate("issue", Acknowledged(certificate["serial"], fingerprint, "scene", scene.token, "one key"))


@pytest.mark.parametrize("change, fault", [
    (lose_a_certificate, "acknowledged_but_lost"), (exchange_a_certificate, "acknowledged_but_lost"),
    (lose_a_revocation, "acknowledged_but_lost"), (lose_a_token, "acknowledged_but_lost"),
    (sign_what_is_unknown, "signed_but_unknown"), (sign_twice, "duplicate_serials"),
    (forget_a_signature, "recorded_but_unsigned"), (spend_too_much, "token_uses_exceeded"),
    (leave_a_reservation, "left_open"), (lose_an_entry, "audit_broken"), (answer_twice_for_one_key, "two_for_one_key"),
], ids=lambda value: getattr(value, "__name__", value))
def test_the_judge_notices(scene, tmp_path, change, fault):
    assert fault in judged(scene, tmp_path, change)
