"""What the clients know: whatever the service has acknowledged, kept outside of it."""
import collections
import dataclasses
import hashlib
import threading


@dataclasses.dataclass
class Acknowledged:
    """A certificate that a client has in its hands."""
    serial: str
    fingerprint: bytes  # SHA-256 of the DER that the client was given
    request: "Request"  # the words that it was asked for in


@dataclasses.dataclass
class Request:
    """A request that can be asked again, word for word."""
    path: str
    body: dict
    identity: str
    token: str | None = None
    certificate: str | None = None  # PEM of the client's certificate
    idempotency_key: str | None = None
    profile: str = ""

    def wants_certificate(self):
        return "csr" in self.body


class Journal:
    """Thread-safe. A client writes here after it has the answer; before it only what it is about to end (`*_asked`)."""

    def __init__(self):
        self._lock = threading.Lock()
        self.tokens = {}  # text -> (identity, uses)
        self.certificates = {}  # serial -> Acknowledged
        self.by_key = {}  # (identity, Idempotency-Key) -> serial
        self.by_words = {}  # CSR of a request without a key -> serial
        self.limited = {}  # identity with a quota -> profile
        self.revoked = {}  # serial -> reason
        self.revocation_asked, self.lineage_asked, self.withdrawal_asked = set(), set(), set()  # serials; first ones; tokens
        self.withdrawn = set()  # tokens
        self.requests = {}  # id -> Request that waits for approval, or has waited
        self.approvals = set()  # (id, approver)
        self.issued = {}  # id -> serial
        self.ended = {}  # id -> (state, by whom; None = not told)
        self.unanswered = []  # Requests for a certificate whose answer never came
        self.two_for_one_key = []  # (identity, key, serials): must stay empty
        self.two_for_one_request = []  # (identity, serials): must stay empty
        self.unexpected = []  # answers that no client should have seen
        self.answers = collections.Counter()  # by kind of request
        self.cut_off = collections.Counter()  # those that never came, by kind of request

    def token(self, text, identity, uses):
        with self._lock:
            self.tokens[text] = (identity, uses)
            self.answers["enrolment"] += 1

    def certificate(self, kind, acknowledged):
        """Whether nobody had this certificate before."""
        serial, request = acknowledged.serial, acknowledged.request
        with self._lock:
            self.answers[kind] += 1
            new = serial not in self.certificates
            self.certificates.setdefault(serial, acknowledged)
            if request.idempotency_key is not None:
                name = (request.identity, request.idempotency_key)
                if self.by_key.setdefault(name, serial) != serial:
                    self.two_for_one_key.append((*name, self.by_key[name], serial))
                return new
            before = self.by_words.get(request.body["csr"], serial)
            # A revoked certificate is not given again: then the same words get another one.
            if before != serial and before not in self.revocation_asked:
                self.two_for_one_request.append((request.identity, before, serial))
            self.by_words[request.body["csr"]] = serial
            return new

    def kept(self, kind, identifier, request):
        with self._lock:
            self.answers[kind] += 1
            self.requests[identifier] = request

    def approval(self, identifier, approver, data):
        """A request that had its approvals already is only issued: then the answer does not name this approver."""
        with self._lock:
            counted = approver in (approval["approver"] for approval in data["approvals"])
            self.answers["approval" if counted else "issued by passing by"] += 1
            if counted:
                self.approvals.add((identifier, approver))
            if data["state"] == "issued":
                self.issued[identifier] = data["serial"]
            elif not counted:
                self.unexpected.append(f"the approval of {identifier} by {approver} is not in its answer")

    def end(self, kind, identifier, state, by=None):
        with self._lock:
            self.answers[kind] += 1
            if by is not None or identifier not in self.ended:
                self.ended[identifier] = (state, by)

    @staticmethod
    def hash_of(text):
        """Of a token: what the service keeps of it."""
        return hashlib.sha256(text.encode()).digest()

    def withdrawal(self, text):
        with self._lock:
            self.answers["withdrawal"] += 1
            self.withdrawn.add(text)

    def revocation(self, kind, serials, reason):
        with self._lock:
            self.answers[kind] += 1
            self.revoked.update((serial, reason) for serial in serials)

    def refusal(self, kind):
        with self._lock:
            self.answers[f"{kind} refused"] += 1

    def no_answer(self, kind, request):
        with self._lock:
            self.cut_off[kind] += 1
            if request.wants_certificate():
                self.unanswered.append(request)

    def surprise(self, request, status, text):
        with self._lock:
            self.unexpected.append(f"{request.path}: {status} {text[-400:]}")

    def take_unanswered(self):
        """One of them; None when there is none. If the service dies before this one is answered it comes back."""
        with self._lock:
            return self.unanswered.pop(0) if self.unanswered else None
