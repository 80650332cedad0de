"""The REST interface as a client sees it, through the front."""
import requests

ENVELOPE = {"version", "success", "code", "message", "request_id", "data", "error", "meta"}


class Rest:
    """Calls with one client certificate, or with none; every JSON answer is held against the envelope's shape."""

    def __init__(self, front, roots, identity=None):
        self.url = front.url
        self._session = requests.Session()
        self._session.trust_env = False  # a CA bundle of the environment would win over `verify`
        self._session.verify = str(roots)
        if identity:
            self._session.cert = identity.pair

    def call(self, method, path, body=None, token=None, idempotency_key=None, raw=None, **options):
        headers = {"Content-Type": "application/json", **options.pop("headers", {})}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        options["json" if raw is None else "data"] = body if raw is None else raw
        response = self._session.request(method, self.url + path, headers=headers, timeout=60, **options)
        if response.headers.get("Content-Type", "").startswith("application/json") and path != "/openapi.json":
            check_envelope(response)
        return response

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.call("POST", path, body, **options)

    def enroll(self, identity, names, profile="service", **options):
        """A token's text, as an operator."""
        body = {"identity": identity, "profile": profile, "names": names, **options}
        return data(self.post("/v1/enrollments", body), 201)["token"]

    def request_certificate(self, csr, token=None, idempotency_key=None, **body):
        return self.post("/v1/certificates", {"csr": csr, **body}, token=token, idempotency_key=idempotency_key)


def check_envelope(response):
    body = response.json()
    assert set(body) == ENVELOPE, body
    assert (body["version"], body["code"]) == ("v1", response.status_code), body
    assert body["success"] == (response.status_code < 400), body
    assert body["request_id"] == response.headers.get("X-Request-Id", body["request_id"]), body
    assert (body["error"] is None) == body["success"], body


def data(response, status=200):
    """The data of a success of exactly this status."""
    assert response.status_code == status, response.text
    return response.json()["data"]


def refusal(response, status, kind):
    """Asserts a refusal of this status and type; returns its message and details as one text, for looking into."""
    assert response.status_code == status, response.text
    body = response.json()
    assert body["error"]["type"] == kind, response.text
    assert body["message"]
    return body["message"] + " " + " ".join(str(detail) for detail in body["error"]["details"])
