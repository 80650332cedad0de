"""Judges a database from outside: against the clients' journal, and against the count of signatures made."""
import collections
import dataclasses
import hashlib
import pathlib

FAULTS = {
    "signed_but_unknown": "signed but unknown",
    "acknowledged_but_lost": "acknowledged but lost",
    "duplicate_serials": "duplicate serials",
    "token_uses_exceeded": "token uses exceeded",
    "recorded_but_unsigned": "recorded but never signed",
    "two_for_one_key": "two certificates for one Idempotency-Key",
    "left_open": "left open after a restart",
    "audit_broken": "audit trail broken",
    "unexpected_answers": "unexpected answers",
}


@dataclasses.dataclass
class Figures:
    """How much was seen, and how often each fault: all of those must be 0."""
    signatures: int = 0
    certificates: int = 0
    unrecorded: int = 0
    audit_entries: int = 0
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

    def judge(self):
        """After a restart, before the next request."""
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
            self._trail(connection, status, recorded)
        return [serial for serial, number in status.items() if number == 2]

    def _nothing_left_open(self, connection):
        for table, sql in (("intents", "SELECT count(*) FROM intents"), ("reservations", "SELECT total(reserved) FROM tokens")):
            (count,), = connection.execute(sql)
            if count:
                self.figures.fault("left_open", f"{count} {table}")

    def _every_signature_known(self, status, recorded):
        for serial in self.signatures.begun:
            if serial not in status:
                self.figures.fault("signed_but_unknown", serial)
            elif serial not in recorded and status[serial] == 0:
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
            if status.get(serial) != 1:
                self.figures.fault("acknowledged_but_lost", f"revocation of {serial}")

    def _tokens(self, connection):
        known = {bytes(row[0]): row[1:] for row in connection.execute("SELECT hash, identity, uses, used FROM tokens")}
        first_ones = collections.Counter(identity for identity, in connection.execute(
            "SELECT identity FROM certificates WHERE renewed_from = ''"))
        for text, (identity, uses) in list(self.journal.tokens.items()):
            row = known.get(hashlib.sha256(text.encode()).digest())
            if row is None:
                self.figures.fault("acknowledged_but_lost", f"the token of {identity}")
            elif first_ones[identity] > uses or first_ones[identity] != row[2]:
                self.figures.fault("token_uses_exceeded", f"{identity}: {first_ones[identity]} certificates, {row[2]} of {uses} used")

    def _trail(self, connection, status, recorded):
        """Every serial and every certificate has its entry, once."""
        entries = collections.Counter(connection.execute("SELECT event_type, subject FROM audit"))
        for event, serials in (("issuance.intent", status), ("certificate.issued", recorded)):
            for serial in serials:
                if entries[(event, serial)] != 1:
                    self.figures.fault("audit_broken", f"{entries[(event, serial)]} entries {event} of {serial}")

    def close(self):
        """The figures that are taken once for each database."""
        for case in self.journal.two_for_one_key:
            self.figures.fault("two_for_one_key", case)
        for text in self.journal.unexpected:
            self.figures.fault("unexpected_answers", text)
        rows = self.ledger.query("SELECT (SELECT count(*) FROM certificates), (SELECT count(*) FROM certificate_status WHERE status = 2),"
                                 " (SELECT count(*) FROM audit)")
        certificates, unrecorded, entries = rows[0]
        self.figures.certificates += certificates - len(self._before)
        self.figures.unrecorded += unrecorded
        self.figures.audit_entries += entries
