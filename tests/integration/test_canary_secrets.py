"""Secrets that can be recognised go through every route; none may turn up in a log, an entry, an answer, a metric or the database."""
import base64
import json
import secrets

import pytest
import requests




@pytest.fixture(scope="module")
def routes(workshop):
    return workshop.anybody.get("/openapi.json").json()["paths"]


class Canaries:
    """Texts to look for, each with the encodings it may hide in."""

    def __init__(self):
        self.forms = {}

    def add(self, name, secret):
        secret = secret.strip().encode()
        self.forms[name] = {secret, secret.hex().encode(), base64.b64encode(secret).rstrip(b"=")[:-2]}

    def add_pem(self, name, pem):
        """Any line of the key counts."""
        lines = [line.encode() for line in pem.splitlines() if line and not line.startswith("-----")]
        self.forms[name] = {line for line in lines if len(line) >= 32}

    def found_in(self, content):
        return sorted(name for name, forms in self.forms.items() if any(form in content for form in forms))


def bodies(key_pem, csr, token):
    yield {"csr": csr}
    yield {"csr": key_pem}
    yield {"csr": csr + key_pem, "profile": "service", "identity": "canary"}
    yield {"csr": csr, "profile": "service", "identity": "canary", "unknown": key_pem}
    yield {"identity": "canary", "profile": "service", "names": ["dns:canary.test.internal"], "token": token}
    yield {"reason": "keyCompromise"}


def test_no_secret_shows_up_anywhere(workshop, routes):
    ca, canaries = workshop.site.ca, Canaries()
    key, csr = workshop.key_and_request("dns:canary.test.internal")
    token = workshop.operator.enroll("canary", ["dns:canary.test.internal"], uses=5)
    wrong_token, wrong_secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    canaries.add("token", token)
    canaries.add("wrong token", wrong_token)
    canaries.add("proxy secret", ca.proxy_secret)
    canaries.add("wrong proxy secret", wrong_secret)
    canaries.add("issuer passphrase", workshop.site.hierarchy.issuer_passphrase.read_text())
    canaries.add_pem("client's private key", key.read_text())
    canaries.add_pem("issuer's private key", workshop.site.hierarchy.intermediate_key.read_text())
    canaries.add_pem("log's private key", ca.database.with_name(ca.database.name + ".log-key.pem").read_text())
    assert all(canaries.forms.values())

    answers = []
    clients = [workshop.operator, workshop.anybody]
    serial = workshop.enrolled(workshop.host())[0]["serial"]
    for path, operations in routes.items():
        path = path.replace("{serial}", serial).replace("{level}", "0").replace("{number...}", "000")
        for client in clients:
            for bearer in (None, token, wrong_token):
                if "get" in operations:
                    answers.append(client.get(path, token=bearer))
                if "post" in operations:
                    answers += [client.post(path, body, token=bearer) for body in bodies(key.read_text(), csr, token)]
        direct = f"http://127.0.0.1:{ca.port}{path}"
        answers.append(requests.get(direct, headers={"X-Chancery-Proxy-Secret": wrong_secret}, timeout=10))
    assert {answer.status_code for answer in answers} >= {200, 201, 400, 401, 403}

    for answer in answers:
        content = answer.content + str(answer.headers).encode()
        # A new enrolment's answer holds its own new token, once; never one of these.
        assert canaries.found_in(content) == [], f"{answer.request.method} {answer.request.path_url}: {answer.text[:300]}"

    ca.stop()  # everything is written
    front = workshop.site.front
    looked_at = 0
    for folder in (ca.directory, front.access_log.parent):
        for file in folder.rglob("*"):
            private = file.name in ("proxy-secret",) or file.suffix in (".pem", ".key") or "secret" in file.name
            if not file.is_file() or private or file.name.endswith((".conf", ".inc")):
                continue
            looked_at += 1
            assert canaries.found_in(file.read_bytes()) == [], file
    assert looked_at >= 4  # both logs, the database, the configuration
    ca.start()
    entries = workshop.ledger.query("SELECT actor || subject || fields FROM audit")
    assert len(entries) > 5
    assert canaries.found_in("\n".join(row[0] for row in entries).encode()) == []


def test_the_canaries_would_be_found():
    canaries = Canaries()
    canaries.add("secret", "tweet-tweet-tweet")
    for text in (b"x tweet-tweet-tweet x", b"tweet-tweet-tweet".hex().encode(), base64.b64encode(b"tweet-tweet-tweet")):
        assert canaries.found_in(text) == ["secret"]
    assert canaries.found_in(b"tweet") == []
