"""What the clients know: whatever the service has acknowledged, kept outside of it."""
import collections
import dataclasses
import threading


@dataclasses.dataclass
class Acknowledged:
    """A certificate that a client has in its hands."""
    serial: str
    fingerprint: bytes  # SHA-256 of the DER that the client was given
    identity: str
    token: str | None
    idempotency_key: str | None


@dataclasses.dataclass
class Request:
    """A request that can be asked again, word for word."""
    path: str
    body: dict
    identity: str
    token: str | None = None
    certificate: str | None = None  # PEM of the client's certificate
    idempotency_key: str | None = None


class Journal:
    """Thread-safe. A client writes here after it has the answer, and never before."""

    def __init__(self):
        self._lock = threading.Lock()
        self.tokens = {}  # text -> (identity, uses)
        self.certificates = {}  # serial -> Acknowledged
        self.by_key = {}  # (identity, Idempotency-Key) -> serial
        self.revoked = {}  # serial -> reason
        self.unanswered = []  # Requests with an Idempotency-Key whose answer never came
        self.two_for_one_key = []  # (identity, key, serials): must stay empty
        self.unexpected = []  # answers that no client should have seen
        self.answers = collections.Counter()  # by kind of request

    def token(self, text, identity, uses):
        with self._lock:
            self.tokens[text] = (identity, uses)
            self.answers["enrolment"] += 1

    def certificate(self, kind, acknowledged):
        with self._lock:
            self.answers[kind] += 1
            self.certificates.setdefault(acknowledged.serial, acknowledged)
            if acknowledged.idempotency_key is None:
                return
            name = (acknowledged.identity, acknowledged.idempotency_key)
            if self.by_key.setdefault(name, acknowledged.serial) != acknowledged.serial:
                self.two_for_one_key.append((*name, self.by_key[name], acknowledged.serial))

    def revocation(self, serial, reason):
        with self._lock:
            self.answers["revocation"] += 1
            self.revoked[serial] = reason

    def refusal(self, kind):
        with self._lock:
            self.answers[f"{kind} refused"] += 1

    def no_answer(self, request):
        with self._lock:
            self.answers["no answer"] += 1
            if request.idempotency_key is not None:
                self.unanswered.append(request)

    def surprise(self, request, status, text):
        with self._lock:
            self.unexpected.append(f"{request.path}: {status} {text[-400:]}")

    def take_unanswered(self):
        with self._lock:
            taken, self.unanswered = self.unanswered, []
            return taken
