"""Clients that enrol, issue, renew, revoke, wait for approvals and decide on them, mixed, until the service dies under them."""
import hashlib
import json
import random
import threading
import traceback

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from approvals import Approvals
from journal import Acknowledged, Request
from stack.direct import GONE, Direct

OPERATOR = "alice"  # who asks; the others approve
REASONS = ["superseded", "cessationOfOperation", "affiliationChanged", "unspecified"]
QUOTA = 3  # profiles/limited.yaml, scarce.yaml
BEING_ANSWERED = "this very request is being answered"  # to whoever asks for the same at the same moment


def make_csr(host):
    """A request under a new P-256 key."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    csr = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).add_extension(names, False).sign(key, hashes.SHA256())
    return csr.public_bytes(serialization.Encoding.PEM).decode()


class Shared:
    """What the clients of one database have in common: tokens that all of them spend, names that nobody else has."""

    def __init__(self, journal, operators, seed):
        self.journal, self.operators = journal, operators  # {identity: certificate, PEM}
        self.tokens = {profile: [] for profile in ("service", "guarded", "twofold", "brief")}  # (text, identity): some of them spent
        self.limited = {"limited": [], "scarce": []}  # profile -> identities that have a quota
        self.waiting = {}  # id -> Request, as far as anybody knows
        self.unrecorded = []  # serials that a crash has left, to be revoked
        self.lock = threading.Lock()
        self._names = 0
        self._seed = seed

    def new_name(self, kind):
        with self.lock:
            self._names += 1
            return f"{kind}-{self._seed}-{self._names}"


class Client:
    """One client in one run. What it chooses depends on the seed alone; when it dies does not."""

    def __init__(self, shared, port, secret, seed):
        self.shared, self.journal = shared, shared.journal
        self.service = Direct(port, secret)
        self.random = random.Random(seed)
        self.own = []  # (identity, certificate PEM, serials of its lineage): unrevoked, and nobody else's to renew or revoke
        self.repeatable = []
        self.approvals = Approvals(self)

    def run(self, stop):
        weights = {self.enrol: 2, self.issue: 5, self.issue_as_operator: 2, self.issue_limited: 2, self.renew: 4, self.revoke: 2,
                   self.revoke_lineage: 1, self.repeat: 2, self.withdraw: 1, self.approvals.ask: 4, self.approvals.decide: 7,
                   self.approvals.look: 1}
        with self.to_the_end():
            self.ask_again()
            while not stop.is_set():
                self.random.choices(list(weights), weights.values())[0]()

    def to_the_end(self):
        return _ToTheEnd(self)

    def ask_again(self):
        """What was asked and not answered; whoever asked knows nothing, so that any of these refusals may be right."""
        while (request := self.journal.take_unanswered()) is not None:
            self.obtain("repeat", request, (401, 403, 409, 429))

    def ask(self, kind, request, expected):
        """(status, answer). An error's status that is not in `expected` is a fault."""
        try:
            status, body = self.service.call("POST", request.path, request.body, request.token, request.certificate,
                                             request.idempotency_key)
        except GONE:
            self.journal.no_answer(kind, request)
            raise
        if status < 400:
            return status, body
        withdrawn = status == 401 and request.token in self.journal.withdrawal_asked
        if status not in expected and not withdrawn and not (status == 503 and BEING_ANSWERED in body["message"]):
            self.journal.surprise(request, status, json.dumps(body))
        self.journal.refusal(kind)
        return status, body

    def obtain(self, kind, request, expected):
        """The answer's status: a certificate, a request that waits, or a refusal."""
        status, body = self.ask(kind, request, expected)
        if status == 201:
            self.take(kind, request, body["data"])
        elif status == 202:
            self.approvals.kept("request" if kind == "request" else "repeat", request, body["data"]["id"])
        elif status == 403:
            self.approvals.note_end(body)
        return status

    def take(self, kind, request, data):
        """A certificate: whoever sees it first owns it."""
        pem, serial = data["certificate"], data["serial"]
        der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER)
        new = self.journal.certificate(kind, Acknowledged(serial, hashlib.sha256(der).digest(), request))
        self.repeatable.append((request, serial))
        if new and request.identity not in self.journal.limited and data["lineage"] == serial:
            self.own.append((request.identity, pem, [serial]))

    def maybe_key(self, profile=""):
        """Who asks for a brief one wants to be told of its end."""
        return self.shared.new_name("key") if profile == "brief" or self.random.random() < 0.5 else None

    def take_own(self):
        return self.own.pop(self.random.randrange(len(self.own))) if self.own else None

    def as_operator(self, path, body, **more):
        return Request(path, body, OPERATOR, certificate=self.shared.operators[OPERATOR], **more)

    def enrol(self, profile="service"):
        identity, uses = self.shared.new_name("host"), self.random.randint(1, 4)
        body = {"identity": identity, "profile": profile, "names": [f"dns:{identity}.crash.internal"], "uses": uses}
        status, answer = self.ask("enrolment", self.as_operator("/v1/enrollments", body), ())
        if status == 201:
            self.journal.token(answer["data"]["token"], identity, uses)
            self.shared.tokens[profile].append((answer["data"]["token"], identity))

    def by_token(self, profile):
        """Everybody spends the newest tokens, so that the last use of one is fought for. None when there is none yet."""
        if not self.shared.tokens[profile]:
            return self.enrol(profile)
        token, identity = self.random.choice(self.shared.tokens[profile][-6:])
        body = {"csr": make_csr(f"{identity}.crash.internal")}
        return Request("/v1/certificates", body, identity, token=token, idempotency_key=self.maybe_key(profile), profile=profile)

    def by_operator(self, profile, identity):
        body = {"csr": make_csr(f"{identity}.crash.internal"), "profile": profile, "identity": identity}
        request = self.as_operator("/v1/certificates", body, idempotency_key=self.maybe_key(profile), profile=profile)
        request.identity = identity
        return request

    def issue(self):
        request = self.by_token("service")
        if request is not None:
            self.obtain("issue", request, (409,))

    def issue_as_operator(self):
        self.obtain("issue", self.by_operator("service", self.shared.new_name("machine")), ())

    def of_limited(self, profile):
        """The newest few identities are asked for until their quota is spent, and after that too."""
        identities = self.shared.limited[profile]
        if not identities or self.random.random() < 0.15:
            identities.append(self.shared.new_name(profile))
            self.journal.limited[identities[-1]] = profile
        return self.by_operator(profile, self.random.choice(identities[-3:]))

    def issue_limited(self):
        self.obtain("limited issue", self.of_limited("limited"), (429,))

    def spend_quota(self, identity, profile):
        """Every use that is left, until it is refused."""
        self.approvals.approve_all(identity)
        while self.obtain("limited issue", self.by_operator(profile, identity), (429,)) < 400:
            self.approvals.approve_all(identity)

    def renew(self):
        own = self.take_own()
        if own is None:
            return
        identity, pem, lineage = own
        request = Request(f"/v1/certificates/{lineage[-1]}/renewal", {"csr": make_csr(f"{identity}.crash.internal")}, identity,
                          certificate=pem, idempotency_key=self.maybe_key())
        status, body = self.ask("renewal", request, ())
        if status == 201:
            self.take("renewal", request, body["data"])
            self.own.append((identity, body["data"]["certificate"], [*lineage, body["data"]["serial"]]))

    def revoke(self):
        """One of this client's own, or a serial that a crash has left: whatever may have been signed can be revoked."""
        with_nobody = self.shared.unrecorded.pop() if self.shared.unrecorded else None
        own = None if with_nobody else self.take_own()
        if with_nobody is None and own is None:
            return
        serial = with_nobody or own[2][-1]
        self.end_certificates("revocation", serial, [serial], {"reason": self.random.choice(REASONS)})

    def revoke_lineage(self):
        """The first of a lineage, and with it all that was renewed from it."""
        own = self.take_own()
        if own is None:
            return
        self.journal.lineage_asked.add(own[2][0])
        self.end_certificates("lineage revocation", own[2][0], own[2],
                              {"reason": self.random.choice(REASONS), "scope": "lineage"})

    def end_certificates(self, kind, serial, serials, body):
        self.journal.revocation_asked.update(serials)
        status, answer = self.ask(kind, self.as_operator(f"/v1/certificates/{serial}/revocation", body), ())
        if status == 200:
            self.journal.revocation(kind, {*serials, *answer["data"]["serials"]}, body["reason"])

    def withdraw(self):
        """One of the newest tokens, spent or not, and whatever waits on it."""
        known = [token for tokens in self.shared.tokens.values() for token, _ in tokens[-3:]]
        if not known:
            return
        token = self.random.choice(known)
        self.journal.withdrawal_asked.add(token)
        path = f"/v1/enrollments/{self.journal.hash_of(token).hex()}/withdrawal"
        status, _ = self.ask("withdrawal", self.as_operator(path, {}), (409,))
        if status == 200:
            self.journal.withdrawal(token)

    def repeat(self):
        """The same request, with its Idempotency-Key or without: the same certificate."""
        if not self.repeatable:
            return
        request, serial = self.random.choice(self.repeatable)
        if serial in self.journal.revocation_asked and (request.idempotency_key is None or
                                                        request.certificate not in (None, self.shared.operators[OPERATOR])):
            return
        # 401 and 403: the certificate that asked was revoked or its token expired meanwhile.
        self.obtain("repeat" if request.idempotency_key else "keyless repeat", request, (401, 403, 409))


class _ToTheEnd:
    """The service may go away at any time; a fault of this client's must not pass for a quiet one."""

    def __init__(self, client):
        self.client = client

    def __enter__(self):
        return self.client

    def __exit__(self, kind, error, trace):
        self.client.service.close()
        if kind is not None and not issubclass(kind, GONE):
            self.client.journal.surprise(Request("a client", {}, ""), "ended", "".join(traceback.format_exception(error)))
        return True
