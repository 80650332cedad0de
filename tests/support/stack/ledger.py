"""The store seen from outside: what it holds, and whether that has changed."""
import contextlib
import pathlib
import sqlite3

# What chancery-ca writes to find out whether it can: never there when it is not looking.
TABLES = ("certificate_status", "certificates", "certificate_names", "intents", "tokens", "compromised_keys", "quota_uses",
          "requests", "request_approvals", "audit", "outbox")


class Ledger:
    def __init__(self, database):
        self.path = pathlib.Path(database)

    def connect(self, mode="ro"):
        return contextlib.closing(sqlite3.connect(f"file:{self.path}?mode={mode}", uri=True, isolation_level=None, timeout=10))

    def query(self, sql, *parameters):
        with self.connect() as connection:
            return connection.execute(sql, parameters).fetchall()

    def change(self, sql, *parameters):
        """Alters what the service keeps, as time or an intruder would."""
        with self.connect("rw") as connection:
            assert connection.execute(sql, parameters).rowcount > 0

    def contents(self):
        """Everything, to be compared with an earlier or later answer."""
        return {table: self.query(f"SELECT * FROM {table} ORDER BY 1") for table in TABLES}

    def serials(self):
        """{serial: "valid" | "revoked" | "unrecorded"} of every signature that may exist."""
        names = {0: "valid", 1: "revoked", 2: "unrecorded"}
        return {serial: names[status] for serial, status in self.query("SELECT serial, status FROM certificate_status")}

    def audit(self, event_type):
        """The subjects of the audit entries of this type, oldest first."""
        return [row[0] for row in self.query("SELECT subject FROM audit WHERE event_type = ? ORDER BY sequence", event_type)]
