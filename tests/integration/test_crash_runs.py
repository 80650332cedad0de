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
from journal import Acknowledged, Journal, Request  # noqa: E402

KINDS = ("enrolment", "issue", "limited issue", "limited issue refused", "renewal", "revocation", "lineage revocation", "repeat",
         "keyless repeat", "withdrawal", "request", "approval", "approved certificate", "rejection", "cancellation", "told expired")


def test_a_hundred_kills_lose_nothing(programs):
    done = subprocess.run([CRASH / "run", "--runs", "100", "--json", "--build", programs.directory.parent],
                          capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert not any(figures["faults"].values()), figures
    assert all(figures["killed_at"].values()), figures
    assert sum(figures["killed_at"].values()) == 100
    assert figures["signatures"] > 300 and figures["unrecorded"] > 0
    assert figures["left_approved"] > 0 and figures["quotas_spent"] > 0
    for kind in KINDS:
        assert figures["answers"].get(kind, 0) > 0, figures
    assert {"issued", "rejected", "cancelled", "expired"} <= figures["states"].keys()


@pytest.mark.parametrize("arguments", [["--runs", "0"], ["--runs", "many"], ["--unknown"]])
def test_wrong_usage_is_status_2(arguments):
    done = subprocess.run([CRASH / "run", *arguments], capture_output=True, text=True)
    assert done.returncode == 2 and "usage" in done.stderr


class Scene:
    """Two certificates of a token, one revoked; of four requests for approval one was approved, one rejected, one withdrawn with
    its token, and one waits: as the clients, the signer and the database know them."""

    def __init__(self, directory, site, workshop):
        self.site, self.workshop = site, workshop
        self.signatures = directory / "signatures"
        self.baseline = directory / "baseline.db"
        key, csr = workshop.key_and_request("email:bob@ops.internal")
        bob = workshop.client(workshop.identity(key, data(
            workshop.operator.request_certificate(csr, profile="operator", identity="bob"), 201)))
        site.ca.stop()
        shutil.copyfile(site.ca.database, self.baseline)
        site.ca.start(site.ca.programs.directory / "chancery-ca-crashing",
                      {"CHANCERY_TEST_CRASH_AT": "never", "CHANCERY_TEST_SIGNATURES": str(self.signatures)})
        self.tokens, self.requests = {}, {}
        self.enrol("scene", "service", 2)
        self.certificates = [self.ask("scene", 201) for _ in range(2)]
        data(workshop.operator.post(f"/v1/certificates/{self.certificates[1]['serial']}/revocation", {"reason": "superseded"}))
        for identity in ("approved", "rejected", "withdrawn", "waits"):
            self.enrol(identity, "guarded", 1)
            self.requests[identity] = self.ask(identity, 202)["id"]
        self.approved = data(bob.post(f"/v1/requests/{self.requests['approved']}/approval", {}))
        data(bob.post(f"/v1/requests/{self.requests['rejected']}/rejection", {"reason": "not ordered"}))
        hashed = Journal.hash_of(self.tokens["withdrawn"][0]).hex()
        data(workshop.operator.post(f"/v1/enrollments/{hashed}/withdrawal", {}))
        site.ca.stop()

    def enrol(self, identity, profile, uses):
        token = self.workshop.operator.enroll(identity, [f"dns:{identity}.test.internal"], profile, uses=uses)
        self.tokens[identity] = (token, identity, uses)

    def ask(self, identity, status):
        csr = self.workshop.request(f"dns:{identity}.test.internal")
        return data(self.workshop.anybody.request_certificate(csr, self.tokens[identity][0]), status)

    @property
    def serial(self):
        return self.certificates[0]["serial"]

    @staticmethod
    def acknowledged(certificate, key=None, words="some"):
        request = Request("/v1/certificates", {"csr": words}, certificate["identity"], idempotency_key=key)
        return Acknowledged(certificate["serial"], bytes.fromhex(certificate["fingerprint"]), request)

    def journal(self):
        journal = Journal()
        for token in self.tokens.values():
            journal.token(*token)
        for number, certificate in enumerate([*self.certificates, self.approved["certificate"]]):
            journal.certificate("issue", self.acknowledged(certificate, words=str(number)))
        journal.revocation("revocation", [self.certificates[1]["serial"]], "superseded")
        for identifier in self.requests.values():
            journal.kept("request", identifier, None)
        journal.approval(self.requests["approved"], "bob", self.approved)
        journal.end("rejection", self.requests["rejected"], "rejected", "bob")
        journal.end("told", self.requests["withdrawn"], "cancelled")
        journal.withdrawal(self.tokens["withdrawn"][0])
        return journal


@pytest.fixture(scope="module")
def scene(site, workshop, tmp_path_factory):
    return Scene(tmp_path_factory.mktemp("scene"), site, workshop)


def judged(scene, directory, change=lambda database, signatures, journal, scene: None, at_the_end=False):
    """The faults that the judge counts after `change` to copies of what the scene has left."""
    database, signatures, journal = directory / "copy.db", directory / "signatures", scene.journal()
    figures = Figures()
    shutil.copyfile(scene.baseline, database)
    judge = Judge(Ledger(database), journal, Signatures(signatures), figures)
    shutil.copyfile(scene.site.ca.database, database)
    shutil.copyfile(scene.signatures, signatures)
    change(Ledger(database), signatures, journal, scene)
    judge.judge()
    if at_the_end:
        judge.judge_end()
    judge.close()
    return {kind for kind, count in figures.faults.items() if count}


def test_the_judge_finds_nothing_where_nothing_is_wrong(scene, tmp_path):
    assert judged(scene, tmp_path, at_the_end=True) == set()


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
    journal.tokens[scene.tokens["scene"][0]] = ("scene", 1)


def leave_a_reservation(database, signatures, journal, scene):
    database.change("UPDATE tokens SET used = 1, reserved = 1 WHERE identity = 'scene'")


def lose_an_entry(database, signatures, journal, scene):
    database.change("DELETE FROM audit WHERE event_type = 'issuance.intent' AND subject = ?", scene.serial)


def answer_twice_for_one_key(database, signatures, journal, scene):
    for certificate in scene.certificates:
        journal.certificate("issue", scene.acknowledged(certificate, key="one key"))


def answer_twice_for_the_same_words(database, signatures, journal, scene):
    for certificate in scene.certificates:
        journal.certificate("issue", scene.acknowledged(certificate, words="the same"))


def record_the_same_words_twice(database, signatures, journal, scene):
    database.change("UPDATE certificates SET request_hash = x'00', renewed_from = '' WHERE identity IN ('scene', 'approved')")


def lose_an_approval(database, signatures, journal, scene):
    database.change("DELETE FROM request_approvals")


def lose_the_entry_of_an_approval(database, signatures, journal, scene):
    database.change("DELETE FROM audit WHERE event_type = 'request.approved'")


def take_an_approved_certificate_back(database, signatures, journal, scene):
    database.change("UPDATE requests SET state = 1, serial = '' WHERE id = ?", scene.requests["approved"])


def lose_a_request(database, signatures, journal, scene):
    database.change("DELETE FROM requests WHERE id = ?", scene.requests["waits"])


def lose_a_rejection(database, signatures, journal, scene):
    database.change("UPDATE requests SET state = 0, ended_by = '' WHERE id = ?", scene.requests["rejected"])


def lose_the_entry_of_a_rejection(database, signatures, journal, scene):
    database.change("DELETE FROM audit WHERE event_type = 'request.rejected'")


def lose_a_withdrawal(database, signatures, journal, scene):
    database.change("UPDATE tokens SET withdrawn_at = NULL WHERE identity = 'withdrawn'")


def withdraw_half(database, signatures, journal, scene):
    database.change("UPDATE tokens SET withdrawn_at = 1 WHERE identity = 'waits'")


def free_what_a_request_holds(database, signatures, journal, scene):
    database.change("UPDATE tokens SET reserved = 0 WHERE identity = 'waits'")


def issue_without_request(database, signatures, journal, scene):
    database.change("UPDATE certificates SET profile = 'guarded' WHERE identity = 'scene'")


def want_more_approvals(database, signatures, journal, scene):
    database.change("UPDATE requests SET required = 2 WHERE id = ?", scene.requests["approved"])


def revoke_half_a_lineage(database, signatures, journal, scene):
    first = scene.certificates[1]["serial"]
    database.change("UPDATE certificates SET renewed_from = ? WHERE identity = 'approved'", first)
    journal.lineage_asked.add(first)


def issue_more_than_is_counted(database, signatures, journal, scene):
    database.change("UPDATE certificates SET profile = 'limited' WHERE identity = 'scene'")
    journal.limited["scene"] = "limited"


def count_what_was_never_issued(database, signatures, journal, scene):
    database.change("INSERT INTO quota_uses VALUES ('identity:limited:scene', 1, 1)")
    journal.limited["scene"] = "limited"


def hold_what_does_not_wait(database, signatures, journal, scene):
    database.change("INSERT INTO quota_holds VALUES ('identity:limited:scene', 1)")
    journal.limited["scene"] = "limited"


@pytest.mark.parametrize("change, fault", [
    (lose_a_certificate, "acknowledged_but_lost"), (exchange_a_certificate, "acknowledged_but_lost"),
    (lose_a_revocation, "acknowledged_but_lost"), (lose_a_token, "acknowledged_but_lost"),
    (sign_what_is_unknown, "signed_but_unknown"), (sign_twice, "duplicate_serials"),
    (forget_a_signature, "recorded_but_unsigned"), (spend_too_much, "token_uses_exceeded"),
    (leave_a_reservation, "left_open"), (lose_an_entry, "audit_broken"), (answer_twice_for_one_key, "two_for_one_key"),
    (answer_twice_for_the_same_words, "two_for_one_request"), (record_the_same_words_twice, "two_for_one_request"),
    (lose_an_approval, "approved_but_lost"), (lose_the_entry_of_an_approval, "approved_but_lost"),
    (take_an_approved_certificate_back, "approved_but_lost"), (lose_a_request, "acknowledged_but_lost"),
    (lose_a_rejection, "decision_lost"), (lose_the_entry_of_a_rejection, "audit_broken"), (lose_a_withdrawal, "decision_lost"),
    (withdraw_half, "half_done"), (revoke_half_a_lineage, "half_done"), (free_what_a_request_holds, "left_open"),
    (issue_without_request, "issued_unapproved"), (want_more_approvals, "issued_unapproved"),
    (issue_more_than_is_counted, "quota_exceeded"), (count_what_was_never_issued, "quota_withheld"),
    (hold_what_does_not_wait, "quota_withheld"),
], ids=lambda value: getattr(value, "__name__", value))
def test_the_judge_notices(scene, tmp_path, change, fault):
    assert fault in judged(scene, tmp_path, change)


def leave_it_approved(database, signatures, journal, scene):
    database.change("UPDATE requests SET state = 1 WHERE id = ?", scene.requests["waits"])


def refuse_before_the_last_use(database, signatures, journal, scene):
    journal.limited["scene"] = "limited"


@pytest.mark.parametrize("change, fault", [(leave_it_approved, "approved_but_lost"), (refuse_before_the_last_use, "quota_withheld")],
                         ids=lambda value: getattr(value, "__name__", value))
def test_the_judge_notices_at_the_end(scene, tmp_path, change, fault):
    assert fault in judged(scene, tmp_path, change, at_the_end=True)
