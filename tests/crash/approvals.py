"""Requests that wait for approval: asked, approved by one or two, rejected, taken back, left to expire, asked again."""
from journal import Request

APPROVERS = ("bob", "carol")
PROFILES = ("guarded", "twofold", "brief", "scarce")  # that want approvals: profiles/*.yaml


class Approvals:
    """What one client does about them. Any client decides on any request; whoever asked may be any client too."""

    def __init__(self, client):
        self.client, self.shared, self.journal, self.random = client, client.shared, client.journal, client.random

    def ask(self):
        profile = self.random.choice(PROFILES)
        if profile == "scarce":
            request = self.client.of_limited(profile)
        elif self.random.random() < 0.5:
            request = self.client.by_token(profile)
        else:
            request = self.client.by_operator(profile, self.shared.new_name("guarded"))
        if request is not None:
            self.client.obtain("request", request, (429,) if profile == "scarce" else (409,))

    def kept(self, kind, request, identifier):
        self.journal.kept(kind, identifier, request)
        with self.shared.lock:
            self.shared.waiting[identifier] = request

    def settled(self, identifier):
        with self.shared.lock:
            self.shared.waiting.pop(identifier, None)

    def waiting(self, brief):
        """[(id, request)], the longest waiting first."""
        with self.shared.lock:
            return [item for item in self.shared.waiting.items() if (item[1].profile == "brief") == brief]

    def approve_all(self, identity):
        for identifier, request in self.waiting(brief=False):
            if request.identity == identity:
                self.approve(identifier, request)

    def decide(self):
        waiting = self.waiting(brief=self.random.random() < 0.05)  # most of those may expire
        if not waiting:
            return
        identifier, request = self.random.choice(waiting)
        decision = self.random.choices((self.approve, self.reject, self.take_back), (8, 1, 1))[0]
        if decision(identifier, request) == 409:  # decided already, or by this approver
            self.look_at(identifier, request)

    def call(self, kind, identifier, what, body, request, expected=(409,)):
        asked = Request(f"/v1/requests/{identifier}/{what}", body, request.identity, request.token, request.certificate)
        return self.client.ask(kind, asked, expected)

    def as_approver(self):
        approver = self.random.choice(APPROVERS)
        return Request("", {}, approver, certificate=self.shared.operators[approver])

    def approve(self, identifier, request):
        approver = self.as_approver()
        # 403: the token that asked was withdrawn after the approval and before the certificate.
        expected = (403, 409) if request.token in self.journal.withdrawal_asked else (409,)
        status, body = self.call("approval", identifier, "approval", {}, approver, expected)
        if status == 200:
            data = body["data"]
            self.journal.approval(identifier, approver.identity, data)
            if data["state"] == "issued":
                self.client.take("approved certificate", request, data["certificate"])
                self.settled(identifier)
        return status

    def reject(self, identifier, request):
        approver = self.as_approver()
        status, _ = self.call("rejection", identifier, "rejection", {"reason": "not ordered"}, approver)
        if status == 200:
            self.journal.end("rejection", identifier, "rejected", approver.identity)
            self.settled(identifier)
        return status

    def take_back(self, identifier, request):
        status, _ = self.call("cancellation", identifier, "cancellation", {}, request)
        if status == 200:
            self.journal.end("cancellation", identifier, "cancelled")
            self.settled(identifier)
        return status

    def look(self):
        waiting = self.waiting(brief=True)[:1] + self.waiting(brief=False)
        if waiting:
            self.look_at(*self.random.choice(waiting[:3]))

    def look_at(self, identifier, request):
        """In the words in which it was asked: so its requester sees what has become of it."""
        if self.client.obtain("look", request, (401, 403, 409)) not in (202, 503):
            self.settled(identifier)

    def note_end(self, body):
        """A refusal that says how a request has ended."""
        for detail in body["error"]["details"]:
            if detail["rule"].startswith("request."):
                state = detail["rule"].partition(".")[2]
                self.journal.end(f"told {state}", detail["location"].rpartition("/")[2], state)
