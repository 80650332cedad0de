"""Secrets that can be recognised go through every route; none may turn up in a log, an entry, an answer, a metric or the database."""
import base64
import json
import secrets
import subprocess

import pytest
import requests

from stack.agent import Agent
from stack.pki import write_private
from stack.processes import wait_until
from stack.rest import data

from conftest import built_site


@pytest.fixture(scope="module")
def site(programs, tmp_path_factory):
    """Its front lets everything through: what it refuses, the service never sees."""
    unlimited = {"chancery_front_request_rate": "100000r/s", "chancery_front_request_burst": 100000}
    with built_site(programs, tmp_path_factory.mktemp("site"), **unlimited) as site:
        yield site


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
    yield {"csr": csr, "profile": "guarded", "identity": "canary"}
    yield {"csr": key_pem}
    yield {"csr": csr + key_pem, "profile": "service", "identity": "canary"}
    yield {"csr": csr, "profile": "service", "identity": "canary", "unknown": key_pem}
    yield {"identity": "canary", "profile": "service", "names": ["dns:canary.test.internal"], "token": token}
    yield {"reason": "keyCompromise"}
    yield {}


# What ends something, so that it is called last and what comes before still finds it.
ENDS = ("/approval", "/rejection", "/cancellation", "/withdrawal", "/revocation")


def requests_that_wait(workshop):
    """{path: id of a request, or an enrolment, that nothing else ends}; of their own, for each ends what it is called for."""
    def waiting():
        name = workshop.host()
        return data(workshop.operator.request_certificate(workshop.request(f"dns:{name}"), profile="guarded", identity=name), 202)["id"]

    name = workshop.host()
    enrolled = data(workshop.operator.post("/v1/enrollments", {"identity": name, "profile": "service", "names": [f"dns:{name}"]}), 201)
    ids = {f"/v1/requests/{{id}}{end}": waiting() for end in ("", "/approval", "/rejection", "/cancellation")}
    return {**ids, "/v1/enrollments/{id}/withdrawal": enrolled["id"]}


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
    certificate, host = workshop.enrolled(workshop.host())
    clients.append(host)
    ids = requests_that_wait(workshop)
    assert {path for path in routes if "{id}" in path} == set(ids)
    partial_tile = "000.p/" + workshop.operator.get("/v1/log/checkpoint").text.splitlines()[1]
    found = set()
    for route, operations in sorted(routes.items(), key=lambda entry: entry[0].endswith(ENDS)):
        path = route.replace("{serial}", certificate["serial"]).replace("{id}", ids.get(route, ""))
        path = path.replace("{level}", "0").replace("{number...}", partial_tile)
        first = len(answers)
        of_operator = None
        for client in clients:
            for bearer in (None, token, wrong_token):
                if "get" in operations:
                    answers.append(client.get(path, token=bearer))
                if "post" in operations:
                    answers += [client.post(path, body, token=bearer) for body in bodies(key.read_text(), csr, token)]
                of_operator = of_operator or len(answers)
        assert "{" not in path
        # Whoever is no operator, has a token as well, or sends a bad body, is refused before anybody looks whether that is there.
        found |= {route for answer in answers[first:of_operator] if answer.status_code not in (400, 401, 404)}
        found |= {route for answer in answers[of_operator:] if answer.status_code < 300}
        direct = f"http://127.0.0.1:{ca.port}{path}"
        answers.append(requests.get(direct, headers={"X-Chancery-Proxy-Secret": wrong_secret}, timeout=10))
    assert 429 not in {answer.status_code for answer in answers}
    assert set(routes) - found == set()
    assert {answer.status_code for answer in answers} >= {200, 201, 202, 400, 401, 403, 409}
    outcomes = {request["state"] for request in data(workshop.operator.get("/v1/requests"))["requests"]}
    assert outcomes >= {"pending", "rejected", "cancelled"}, outcomes

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


def test_no_secret_shows_up_in_what_a_hosts_programs_say(workshop):
    site, canaries = workshop.site, Canaries()
    site.start_service({"web": "web.test.internal"})
    token, wrong_token = workshop.operator.enroll("node-1.web", ["dns:web.test.internal"]), secrets.token_urlsafe(32)
    agent = Agent(site.programs, site.directory / "agent", "node-1", site.front.url, site.hierarchy.root)
    agent.manage(site.service, "web", "service", token)
    site.running(agent)
    key = site.service.directory("web") / "current" / "key.pem"
    wait_until(key.exists, "the agent's certificate")
    key_of_client, csr = workshop.key_and_request("dns:web.test.internal")
    for name, secret in (("token", token), ("wrong token", wrong_token)):
        canaries.add(name, secret)
    canaries.add_pem("agent's key", key.read_text())
    canaries.add_pem("client's key", key_of_client.read_text())

    folder = workshop.new_folder()
    (folder / "request.csr").write_text(csr)
    said = []
    for request in (folder / "request.csr", key_of_client):
        for name, text in (("spent", token), ("wrong", wrong_token), ("two", f"{token}\n{wrong_token}"), ("key", key_of_client.read_text())):
            token_file = write_private(folder / f"{request.stem}-{name}.token", text + "\n")
            command = [site.programs.cli, "--server", site.front.url, "--roots", site.hierarchy.root, "issue", "--csr", request,
                       "--token-file", token_file, "--out", folder / "out.pem"]
            result = subprocess.run(command, capture_output=True, timeout=60, check=False)
            assert result.returncode != 0 and result.stderr
            said.append(result.stdout + result.stderr)
    agent.stop()
    said.append(agent.process.log.read_bytes())
    assert said[-1]
    for text in said:
        assert canaries.found_in(text) == [], text.decode(errors="replace")


def test_the_canaries_would_be_found():
    canaries = Canaries()
    canaries.add("secret", "tweet-tweet-tweet")
    for text in (b"x tweet-tweet-tweet x", b"tweet-tweet-tweet".hex().encode(), base64.b64encode(b"tweet-tweet-tweet")):
        assert canaries.found_in(text) == ["secret"]
    assert canaries.found_in(b"tweet") == []
