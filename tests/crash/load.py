"""Clients that enrol, issue, renew and revoke, mixed, until the service dies under them."""
import hashlib
import json
import random
import threading
import traceback

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from journal import Acknowledged, Request
from stack.direct import GONE, Direct

OPERATOR = "alice"
REASONS = ["superseded", "cessationOfOperation", "affiliationChanged", "unspecified"]


def make_csr(host):
    """A request under a new P-256 key."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    csr = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).add_extension(names, False).sign(key, hashes.SHA256())
    return csr.public_bytes(serialization.Encoding.PEM).decode()


class Shared:
    """What the clients of one database have in common: tokens that all of them spend, names that nobody else has."""

    def __init__(self, journal, operator, seed):
        self.journal, self.operator = journal, operator  # the operator's certificate, PEM
        self.tokens = []  # (text, identity): some of them spent
        self.unrecorded = []  # serials that a crash has left, to be revoked
        self._lock = threading.Lock()
        self._names = 0
        self._seed = seed

    def new_name(self, kind):
        with self._lock:
            self._names += 1
            return f"{kind}-{self._seed}-{self._names}"


class Client:
    """One client in one run. What it chooses depends on the seed alone; when it dies does not."""

    def __init__(self, shared, port, secret, seed):
        self.shared, self.journal = shared, shared.journal
        self.service = Direct(port, secret)
        self.random = random.Random(seed)
        self.own = []  # (identity, certificate PEM, serial): unrevoked, and nobody else's to renew or revoke
        self.repeatable = []

    def run(self, stop):
        works = [self.enrol, self.issue, self.issue_as_operator, self.renew, self.revoke, self.repeat]
        try:
            for request in self.journal.take_unanswered():
                self.obtain("repeat", request, (201, 403, 409))
            while not stop.is_set():
                self.random.choices(works, (2, 6, 2, 4, 2, 1))[0]()
        except GONE:
            pass
        except Exception:  # a fault of this client's must not pass for a quiet one
            self.journal.surprise(Request("a client", {}, ""), "ended", traceback.format_exc())
        finally:
            self.service.close()

    def ask(self, kind, request, expected):
        """The answer's data; None for a refusal that is in `expected`."""
        try:
            status, body = self.service.call("POST", request.path, request.body, request.token, request.certificate,
                                             request.idempotency_key)
        except GONE:
            self.journal.no_answer(request)
            raise
        if status in (200, 201):
            return body["data"]
        if status not in expected:
            self.journal.surprise(request, status, json.dumps(body))
        self.journal.refusal(kind)
        return None

    def obtain(self, kind, request, expected):
        data = self.ask(kind, request, expected)
        if data is None:
            return
        pem = data["certificate"]
        der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER)
        self.journal.certificate(kind, Acknowledged(data["serial"], hashlib.sha256(der).digest(), request.identity, request.token,
                                                    request.idempotency_key))
        if request.idempotency_key is not None:
            self.repeatable.append((request, data["serial"]))
        if kind != "repeat":
            self.own.append((request.identity, pem, data["serial"]))

    def maybe_key(self):
        return self.shared.new_name("key") if self.random.random() < 0.6 else None

    def enrol(self):
        identity, uses = self.shared.new_name("host"), self.random.randint(1, 4)
        body = {"identity": identity, "profile": "service", "names": [f"dns:{identity}.crash.internal"], "uses": uses}
        data = self.ask("enrolment", Request("/v1/enrollments", body, OPERATOR, certificate=self.shared.operator), ())
        if data is not None:
            self.journal.token(data["token"], identity, uses)
            self.shared.tokens.append((data["token"], identity))

    def issue(self):
        """Everybody spends the newest tokens, so that the last use of one is fought for."""
        if not self.shared.tokens:
            return self.enrol()
        token, identity = self.random.choice(self.shared.tokens[-6:])
        body = {"csr": make_csr(f"{identity}.crash.internal")}
        self.obtain("issue", Request("/v1/certificates", body, identity, token=token, idempotency_key=self.maybe_key()), (409,))

    def issue_as_operator(self):
        identity = self.shared.new_name("machine")
        body = {"csr": make_csr(f"{identity}.crash.internal"), "profile": "service", "identity": identity}
        self.obtain("issue", Request("/v1/certificates", body, identity, certificate=self.shared.operator,
                                     idempotency_key=self.maybe_key()), ())

    def renew(self):
        if not self.own:
            return
        identity, pem, serial = self.own.pop(self.random.randrange(len(self.own)))
        body = {"csr": make_csr(f"{identity}.crash.internal")}
        self.obtain("renewal", Request(f"/v1/certificates/{serial}/renewal", body, identity, certificate=pem,
                                       idempotency_key=self.maybe_key()), ())

    def revoke(self):
        """One of this client's own, or a serial that a crash has left: whatever may have been signed can be revoked."""
        with_nobody = self.shared.unrecorded.pop() if self.shared.unrecorded else None
        if with_nobody is None and not self.own:
            return
        serial = with_nobody or self.own.pop(self.random.randrange(len(self.own)))[2]
        reason = self.random.choice(REASONS)
        request = Request(f"/v1/certificates/{serial}/revocation", {"reason": reason}, OPERATOR, certificate=self.shared.operator)
        if self.ask("revocation", request, ()) is not None:
            self.journal.revocation(serial, reason)

    def repeat(self):
        """The same Idempotency-Key, key and request: the same certificate."""
        if not self.repeatable:
            return
        request, serial = self.random.choice(self.repeatable)
        if serial in self.journal.revoked and request.certificate not in (None, self.shared.operator):
            return
        # 401 and 403: the certificate that asked was revoked or its token expired meanwhile.
        self.obtain("repeat", request, (401, 403, 409))
