"""Judges a database from outside: against the clients' journal, and against the count of signatures made."""
import collections
import dataclasses
import hashlib
import pathlib

from decisions import STATES, check_decisions
from load import QUOTA

FAULTS = {
    "signed_but_unknown": "signed but unknown",
    "acknowledged_but_lost": "acknowledged but lost",
    "duplicate_serials": "duplicate serials",
    "token_uses_exceeded": "token uses exceeded",
    "quota_exceeded": "quota exceeded",
    "quota_withheld": "quota not given in full",
    "approved_but_lost": "approved but lost",
    "decision_lost": "other decisions lost",
    "issued_unapproved": "issued without its approvals",
    "recorded_but_unsigned": "recorded but never signed",
    "two_for_one_key": "two certificates for one Idempotency-Key",
    "two_for_one_request": "two certificates for one request without a key",
    "half_done": "half done",
    "left_open": "left open after a restart",
    "audit_broken": "audit trail broken",
    "unexpected_answers": "unexpected answers",
}
FIGURES = {
    "signatures": "signatures",
    "certificates": "certificates",
    "unrecorded": "unrecorded",
    "requests": "requests for approval",
    "approvals": "approvals",
    "left_approved": "requests left approved and not issued by a kill",
    "quotas_spent": "quotas spent to the last use",
    "audit_entries": "audit entries",
}
VALID, REVOKED, UNRECORDED = range(3)


@dataclasses.dataclass
class Figures:
    """How much was seen, and how often each fault: all of those must be 0."""
    signatures: int = 0
    certificates: int = 0
    unrecorded: int = 0
    requests: int = 0
    approvals: int = 0
    left_approved: int = 0
    quotas_spent: int = 0
    audit_entries: int = 0
    states: collections.Counter = dataclasses.field(default_factory=collections.Counter)  # of requests, at the end
    faults: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    examples: list = dataclasses.field(default_factory=list)

    def fault(self, kind, example):
        assert kind in FAULTS, kind
        self.faults[kind] += 1
        if len(self.examples) < 20:
            self.examples.append(f"{FAULTS[kind]}: {example}")


class Signatures:
    """The file that chancery-ca-crashing writes beside its database: "before SERIAL", "after SERIAL", each synced."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self._read = 0
        self.begun, self.made = set(), set()

    def read_more(self, figures):
        """Takes in what was written since; counts a serial that was signed twice."""
        if not self.path.exists():
            return
        with open(self.path, encoding="ascii") as file:
            file.seek(self._read)
            lines = file.read().splitlines()
            self._read = file.tell()
        for word, serial in (line.split() for line in lines):
            known = self.begun if word == "before" else self.made
            if serial in known:
                figures.fault("duplicate_serials", f"{serial} was signed twice")
            known.add(serial)
        figures.signatures += sum(line.startswith("after") for line in lines)


class Judge:
    """Of one database, which the journal has known from its beginning. `before`: the serials issued before that."""

    def __init__(self, ledger, journal, signatures, figures):
        self.ledger, self.journal, self.signatures, self.figures = ledger, journal, signatures, figures
        self._before = set(ledger.serials())
        self._left_approved = set()

    def judge(self):
        """After a restart, before the next request. The serials that a crash has left."""
        self.signatures.read_more(self.figures)
        with self.ledger.connect() as connection:
            connection.execute("BEGIN")
            self._nothing_left_open(connection)
            status = dict(connection.execute("SELECT serial, status FROM certificate_status"))
            recorded = dict(connection.execute(
                "SELECT s.serial, c.der FROM certificates c JOIN certificate_status s ON s.id = c.id"))
            self._every_signature_known(status, recorded)
            self._nothing_lost(status, recorded)
            self._tokens(connection)
            self._quotas(connection)
            self._lineages(connection, status)
            self._repeats(connection)
            entries = collections.Counter(connection.execute("SELECT event_type, subject, actor FROM audit"))
            self._trail(entries, status, recorded)
            check_decisions(connection, self.journal, entries, self.figures)
        self._left_approved.update(self.approved())
        return [serial for serial, number in status.items() if number == UNRECORDED]

    def _nothing_left_open(self, connection):
        """No issuance; of each token what its open requests hold, and nothing else."""
        (intents,), = connection.execute("SELECT count(*) FROM intents")
        if intents:
            self.figures.fault("left_open", f"{intents} intents")
        for identity, reserved, waiting in connection.execute(
                "SELECT identity, reserved, (SELECT count(*) FROM requests r WHERE r.token_hash = t.hash AND r.state IN (0, 1)) AS n"
                " FROM tokens t WHERE reserved <> n"):
            self.figures.fault("left_open", f"{identity}: {reserved} uses are reserved, {waiting} requests wait")

    def _every_signature_known(self, status, recorded):
        for serial in self.signatures.begun:
            if serial not in status:
                self.figures.fault("signed_but_unknown", serial)
            elif serial not in recorded and status[serial] == VALID:
                self.figures.fault("acknowledged_but_lost", f"{serial} is called valid and has no certificate")
        for serial in recorded.keys() - self._before - self.signatures.made:
            self.figures.fault("recorded_but_unsigned", serial)

    def _nothing_lost(self, status, recorded):
        for serial, acknowledged in list(self.journal.certificates.items()):
            if serial not in recorded:
                self.figures.fault("acknowledged_but_lost", f"certificate {serial}")
            elif hashlib.sha256(recorded[serial]).digest() != acknowledged.fingerprint:
                self.figures.fault("acknowledged_but_lost", f"another certificate stands under {serial}")
        for serial in list(self.journal.revoked):
            if status.get(serial) != REVOKED:
                self.figures.fault("acknowledged_but_lost", f"revocation of {serial}")

    def _tokens(self, connection):
        """A use is spent by a certificate, or by a rejection."""
        known = {bytes(row[0]): row[1:] for row in connection.execute("SELECT hash, uses, used FROM tokens")}
        spent = collections.Counter(identity for identity, in connection.execute(
            "SELECT identity FROM certificates WHERE renewed_from = '' UNION ALL"
            " SELECT identity FROM requests WHERE state = 3 AND token_hash IS NOT NULL"))
        for text, (identity, uses) in list(self.journal.tokens.items()):
            row = known.get(self.journal.hash_of(text))
            if row is None:
                self.figures.fault("acknowledged_but_lost", f"the token of {identity}")
            elif spent[identity] > uses or spent[identity] != row[1]:
                self.figures.fault("token_uses_exceeded", f"{identity}: {spent[identity]} are spent, {row[1]} of {uses} used")

    def _quotas(self, connection):
        """No identity has more than its quota; what is counted is what it has, and what is held is what waits."""
        counted = collections.Counter(dict(connection.execute("SELECT subject, count(*) FROM (SELECT subject FROM quota_uses"
                                                              " UNION ALL SELECT subject FROM quota_holds) GROUP BY subject")))
        had = collections.Counter(dict(connection.execute(
            "SELECT identity, count(*) FROM (SELECT identity FROM certificates WHERE profile IN ('limited', 'scarce')"
            " UNION ALL SELECT identity FROM requests WHERE profile = 'scarce' AND state IN (0, 1)) GROUP BY identity")))
        for identity, profile in list(self.journal.limited.items()):
            uses, has = counted[f"identity:{profile}:{identity}"], had[identity]
            if has > QUOTA or uses < has:
                self.figures.fault("quota_exceeded", f"{identity} has or waits for {has}, {uses} of {QUOTA} are counted")
            elif uses > has:
                self.figures.fault("quota_withheld", f"{identity} has or waits for {has}, {uses} of {QUOTA} are counted")

    def _lineages(self, connection, status):
        """Whoever revoked a lineage revoked all of it, or nothing."""
        renewals = collections.defaultdict(list)
        for before, serial in connection.execute("SELECT c.renewed_from, s.serial FROM certificates c JOIN certificate_status s"
                                                 " ON s.id = c.id WHERE c.renewed_from <> ''"):
            renewals[before].append(serial)
        for first in list(self.journal.lineage_asked):
            if status.get(first) != REVOKED:
                continue
            line = [first]
            for serial in line:
                line.extend(renewals[serial])
            if any(status[serial] == VALID for serial in line):
                self.figures.fault("half_done", f"of the revoked lineage of {first} some is valid still")

    def _repeats(self, connection):
        for identity, count in connection.execute(
                "SELECT c.identity, count(*) FROM certificates c JOIN certificate_status s ON s.id = c.id WHERE s.status = 0"
                " GROUP BY c.request_hash, c.renewed_from HAVING count(*) > 1"):
            self.figures.fault("two_for_one_request", f"{identity} has {count} valid certificates for the same words")

    def _trail(self, entries, status, recorded):
        """Every serial and every certificate has its entry, once."""
        of_subject = collections.Counter()
        for (event, subject, _), count in entries.items():
            of_subject[(event, subject)] += count
        for event, serials in (("issuance.intent", status), ("certificate.issued", recorded)):
            for serial in serials:
                if of_subject[(event, serial)] != 1:
                    self.figures.fault("audit_broken", f"{of_subject[(event, serial)]} entries {event} of {serial}")

    def judge_end(self):
        """Once everybody has come by again: nothing is approved and not issued, and whoever asked until it was refused has exactly
        its quota."""
        for identifier in self.approved():
            self.figures.fault("approved_but_lost", f"{identifier} is approved, and nobody can have its certificate")
        had = dict(self.ledger.query("SELECT identity, count(*) FROM certificates WHERE profile IN ('limited', 'scarce')"
                                     " GROUP BY identity"))
        for identity in self.journal.limited:
            if had.get(identity, 0) != QUOTA:
                self.figures.fault("quota_withheld" if had.get(identity, 0) < QUOTA else "quota_exceeded",
                                   f"{identity} was refused with {had.get(identity, 0)} of {QUOTA}")
            else:
                self.figures.quotas_spent += 1

    def approved(self):
        """The ids of requests that have their approvals, and wait for somebody to come by."""
        return [identifier for identifier, in self.ledger.query("SELECT id FROM requests WHERE state = 1")]

    def close(self):
        """The figures that are taken once for each database."""
        for case in self.journal.two_for_one_key:
            self.figures.fault("two_for_one_key", case)
        for case in self.journal.two_for_one_request:
            self.figures.fault("two_for_one_request", case)
        for text in self.journal.unexpected:
            self.figures.fault("unexpected_answers", text)
        rows = self.ledger.query("SELECT (SELECT count(*) FROM certificates), (SELECT count(*) FROM certificate_status WHERE status = 2),"
                                 " (SELECT count(*) FROM requests), (SELECT count(*) FROM request_approvals),"
                                 " (SELECT count(*) FROM audit)")
        certificates, unrecorded, requests, approvals, entries = rows[0]
        self.figures.certificates += certificates - len(self._before)
        self.figures.unrecorded += unrecorded
        self.figures.requests += requests
        for state, count in self.ledger.query("SELECT state, count(*) FROM requests GROUP BY state"):
            self.figures.states[STATES[state]] += count
        self.figures.left_approved += len(self._left_approved)
        self.figures.approvals += approvals
        self.figures.audit_entries += entries
