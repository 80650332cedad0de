"""Approvals through the front, with the operators' client and with the agent."""
import json
import subprocess
import time

import pytest

from stack import pki
from stack.rest import data, refusal


@pytest.fixture(scope="module")
def bob(workshop):
    """A second operator: (identity, client)."""
    key, csr = workshop.key_and_request("email:bob@ops.internal")
    certificate = data(workshop.operator.request_certificate(csr, profile="operator", identity="bob"), 201)
    identity = workshop.identity(key, certificate)
    return identity, workshop.client(identity)


def chancery(workshop, identity, *arguments):
    site = workshop.site
    return subprocess.run(
        [site.programs.cli, "--server", site.front.url, "--roots", site.hierarchy.root,
         "--certificate", identity.certificate, "--key", identity.key, *arguments],
        capture_output=True, text=True, timeout=60, check=False)


def test_a_request_waits_until_another_operator_approves_it(workshop, bob):
    host = workshop.host()
    token = workshop.operator.enroll(host, [f"dns:{host}"], "guarded")
    csr = workshop.request(f"dns:{host}")
    taken = workshop.anybody.request_certificate(csr, token)
    request = data(taken, 202)
    assert taken.headers["Location"] == f"/v1/requests/{request['id']}"
    assert int(taken.headers["Retry-After"]) >= 1
    refusal(workshop.operator.post(taken.headers["Location"] + "/approval", {}), 403, "ForbiddenError")
    approved = data(bob[1].post(taken.headers["Location"] + "/approval", {}))
    assert approved["state"] == "issued"
    certificate = data(workshop.anybody.request_certificate(csr, token), 201)
    assert certificate["serial"] == approved["serial"] and certificate["approvers"] == ["bob"]
    seen = data(workshop.anybody.get(taken.headers["Location"], token=token))
    assert seen["certificate"]["certificate"] == certificate["certificate"]
    workshop.site.ca.verify_audit()


def test_what_waits_survives_a_kill(workshop, bob):
    host = workshop.host()
    token = workshop.operator.enroll(host, [f"dns:{host}"], "guarded")
    csr = workshop.request(f"dns:{host}")
    request = data(workshop.anybody.request_certificate(csr, token, "survives"), 202)
    ca = workshop.site.ca
    ca.process.kill()
    ca.process.wait()
    ca.start()
    assert data(workshop.anybody.request_certificate(csr, token, "survives"), 202)["id"] == request["id"]
    assert data(bob[1].post(f"/v1/requests/{request['id']}/approval", {}))["state"] == "issued"


def test_a_waiter_that_was_killed_goes_on(workshop, bob):
    host, folder, site = workshop.host(), workshop.new_folder(), workshop.site
    token = pki.write_private(folder / "token", workshop.operator.enroll(host, [f"dns:{host}"], "guarded") + "\n")
    request = folder / "request.csr"
    request.write_text(workshop.request(f"dns:{host}"))
    command = [site.programs.cli, "--server", site.front.url, "--roots", site.hierarchy.root]
    issue = [*command, "issue", "--csr", request, "--token-file", token]
    waiter = subprocess.Popen([*issue, "--wait", "1h"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = waiter.stderr.readline()
    waiter.kill()
    waiter.wait()
    waiter.stderr.close()
    words = said.split()
    number, key = words[1], words[-1]
    show = [*command, "requests", "show", number, "--token-file", token, "--out", folder / "shown.pem",
            "--proof", folder / "shown.json"]
    early = subprocess.run(show, capture_output=True, text=True, check=False)
    assert early.returncode == 4 and "pending" in early.stderr and not (folder / "shown.pem").exists()
    assert data(bob[1].post(f"/v1/requests/{number}/approval", {}))["state"] == "issued"
    subprocess.run(show, check=True, capture_output=True)
    subprocess.run([*issue, "--idempotency-key", key, "--out", folder / "issued.pem"], check=True, capture_output=True)
    assert (folder / "shown.pem").read_text() == (folder / "issued.pem").read_text()
    assert json.loads((folder / "shown.json").read_text())["index"] > 0


def test_the_operators_client(workshop, bob):
    site, folder, host = workshop.site, workshop.new_folder(), workshop.host()
    key = pki.make_key(folder / "key.pem")
    csr = pki.make_request(key, folder / "request.pem", [f"dns:{host}"])
    ask = ["issue", "--csr", csr, "--profile", "guarded", "--identity", host]

    waits = chancery(workshop, site.operator, *ask)
    assert waits.returncode == 4, waits.stderr
    listed = json.loads(chancery(workshop, bob[0], "requests", "list", "--identity", host, "--json").stdout)
    (request,) = listed["requests"]
    assert f"chancery requests approve {request['id']}" in waits.stdout
    assert host in chancery(workshop, bob[0], "requests", "show", request["id"]).stdout
    own = chancery(workshop, site.operator, "requests", "approve", request["id"])
    assert own.returncode == 1 and "another operator" in own.stderr
    cancelled = chancery(workshop, site.operator, "requests", "cancel", request["id"])
    assert cancelled.returncode == 0 and "is cancelled" in cancelled.stdout

    out = folder / "chain.pem"
    waiting = subprocess.Popen(
        [site.programs.cli, "--server", site.front.url, "--roots", site.hierarchy.root,
         "--certificate", site.operator.certificate, "--key", site.operator.key, *ask, "--wait", "1m", "--out", out],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    line = waiting.stderr.readline()  # "request ID waits for approval until ..."
    approved = chancery(workshop, bob[0], "requests", "approve", line.split()[1])
    assert approved.returncode == 0 and "is issued" in approved.stdout, approved.stderr
    assert waiting.wait(timeout=60) == 0
    waiting.communicate()
    assert out.read_text().startswith("-----BEGIN CERTIFICATE-----")

    again = chancery(workshop, site.operator, *ask)  # the same request gets the same certificate
    assert again.returncode == 0 and again.stdout == out.read_text()

    fresh = pki.make_request(pki.make_key(folder / "other.pem"), folder / "other-request.pem", [f"dns:{host}"])
    rejected = json.loads(chancery(workshop, site.operator, *["issue", "--csr", fresh, *ask[3:]], "--json").stdout)
    refused = chancery(workshop, bob[0], "requests", "reject", rejected["id"], "--reason", "not ordered")
    assert refused.returncode == 0 and "is rejected" in refused.stdout


def test_lineages_and_withdrawn_tokens_with_the_client(workshop):
    site, host = workshop.site, workshop.host()
    first, client = workshop.enrolled(host)
    second = data(client.post(f"/v1/certificates/{first['serial']}/renewal", {"csr": workshop.request(f"dns:{host}")}), 201)
    third = data(workshop.operator.request_certificate(
        workshop.request(f"dns:{host}"), profile="service", identity=host), 201)
    assert third["supersedes"] == second["serial"] and third["lineage"] == first["serial"]

    tree = chancery(workshop, site.operator, "show", second["serial"], "--lineage").stdout.splitlines()
    assert [line.split()[0] for line in tree[1:]] == [first["serial"], second["serial"], third["serial"]]
    assert tree[2].split()[1] == "*"
    alone = chancery(workshop, site.operator, "revoke", first["serial"], "--reason", "keyCompromise")
    assert alone.returncode == 0 and second["serial"] in alone.stderr
    whole = chancery(workshop, site.operator, "revoke", first["serial"], "--reason", "keyCompromise", "--lineage")
    assert second["serial"] in whole.stdout, whole.stderr
    assert data(workshop.operator.get(f"/v1/certificates/{third['serial']}"))["status"] == "valid"

    made = site.as_operator("enroll", host, "--profile", "service", "--name", f"dns:{host}")
    listed = site.as_operator("enrollments", "list", "--identity", host, "--usable")["enrollments"]
    assert [entry["id"] for entry in listed] == [made["id"]]
    site.as_operator("enrollments", "withdraw", made["id"])
    assert "withdrawn" in refusal(
        workshop.anybody.request_certificate(workshop.request(f"dns:{host}"), made["token"]), 401, "UnauthorizedError")


def test_an_agent_waits_for_its_approval(workshop, bob):
    site, host = workshop.site, workshop.host()
    site.start_service({"web": host})
    site.start_agent("node-1", "guarded")

    def status():
        answer = subprocess.run(site.agent.command("status", "--json"), capture_output=True, text=True, check=False)
        return json.loads(answer.stdout)["certificates"][0]

    def wait_for(condition):
        end = time.monotonic() + 40
        while not condition():
            assert time.monotonic() < end, status()
            time.sleep(0.2)

    wait_for(lambda: status()["state"] == "waiting for approval")
    (request,) = data(bob[1].get("/v1/requests?state=pending&identity=node-1.web"))["requests"]
    assert request["id"] in status()["reason"]
    assert data(bob[1].post(f"/v1/requests/{request['id']}/approval", {}))["state"] == "issued"
    wait_for(lambda: status()["state"] == "ok")
    assert len(data(bob[1].get("/v1/requests?identity=node-1.web"))["requests"]) == 1
