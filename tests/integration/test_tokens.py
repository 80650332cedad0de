"""Enrolment tokens: who has none gets nothing, and one use is one certificate, whatever the hurry."""
import concurrent.futures
import subprocess
import threading

import pytest

from stack import pki
from stack.rest import data, refusal

CLIENTS = 50


def enrolled(workshop, **options):
    host = workshop.host()
    return host, workshop.operator.enroll(host, [f"dns:{host}"], **options)


def test_no_credential_at_all(workshop):
    before = workshop.ledger.contents()
    response = workshop.anybody.request_certificate(workshop.request("dns:a.test.internal"), profile="service")
    refusal(response, 401, "UnauthorizedError")
    assert workshop.ledger.contents() == before


@pytest.mark.parametrize("token", ["chet_" + "A" * 43, "x", "x" * 256, "x" * 257, "Bearer"])
def test_an_unknown_token(workshop, token):
    before = workshop.ledger.contents()
    response = workshop.anybody.request_certificate(workshop.request("dns:a.test.internal"), token)
    assert "operator" in refusal(response, 401, "UnauthorizedError")
    assert workshop.ledger.contents() == before


def test_an_expired_token(workshop):
    host, token = enrolled(workshop)
    workshop.ledger.change("UPDATE tokens SET expires_at = created_at WHERE identity = ?", host)
    before = workshop.ledger.contents()
    message = refusal(workshop.anybody.request_certificate(workshop.request(f"dns:{host}"), token), 401, "UnauthorizedError")
    assert "expired" in message and "operator" in message
    assert workshop.ledger.contents() == before


def test_a_used_token(workshop):
    host, token = enrolled(workshop)
    data(workshop.anybody.request_certificate(workshop.request(f"dns:{host}"), token), 201)
    before = workshop.ledger.contents()
    response = workshop.anybody.request_certificate(workshop.request(f"dns:{host}"), token)
    assert "ask an operator for a new one" in refusal(response, 409, "ConflictError")
    assert workshop.ledger.contents() == before


@pytest.mark.parametrize("option", ["--out", "--proof"])
def test_a_file_that_is_there_costs_no_use(workshop, option):
    host, token = enrolled(workshop)
    folder, site = workshop.new_folder(), workshop.site
    token_file = pki.write_private(folder / "token", token + "\n")
    csr, there = folder / "request.csr", folder / "there"
    csr.write_text(workshop.request(f"dns:{host}"))
    there.write_text("old")
    issue = [site.programs.cli, "--server", site.front.url, "--roots", site.hierarchy.root, "issue", "--csr", csr,
             "--token-file", token_file, option]
    before = workshop.ledger.contents()
    refused = subprocess.run([*issue, there], capture_output=True, text=True, check=False)
    assert refused.returncode == 1 and f"{there} exists already" in refused.stderr
    assert there.read_text() == "old" and workshop.ledger.contents() == before

    subprocess.run([*issue, folder / "new"], check=True, capture_output=True)
    assert (folder / "new").stat().st_size > 0


def rush(workshop, host, token):
    """The answers to CLIENTS clients that send, at the same moment, a request of their own with the same token."""
    requests = [workshop.request(f"dns:{host}") for _ in range(CLIENTS)]
    clients = [workshop.client() for _ in range(CLIENTS)]
    for client in clients:
        client.get("/health")  # connected, so that the start is all that is left to do
    start = threading.Barrier(CLIENTS)

    def send(client, csr):
        start.wait()
        return client.request_certificate(csr, token)

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(send, clients, requests))


@pytest.mark.parametrize("uses", [1, 3])
def test_fifty_clients_with_one_token_at_the_same_moment(workshop, uses):
    host, token = enrolled(workshop, uses=uses)
    signed_before = set(workshop.ledger.serials())
    answers = rush(workshop, host, token)
    winners = [answer for answer in answers if answer.status_code == 201]
    assert len(winners) == uses
    for answer in answers:
        if answer not in winners:
            assert "has been used as often as it may" in refusal(answer, 409, "ConflictError")
    serials = {data(answer, 201)["serial"] for answer in winners}
    assert set(workshop.ledger.serials()) - signed_before == serials
    assert workshop.ledger.query("SELECT used, reserved FROM tokens WHERE identity = ?", host) == [(uses, 0)]


def test_a_token_is_bound_to_its_profile(workshop):
    host, token = enrolled(workshop)
    response = workshop.anybody.request_certificate(workshop.request(f"dns:{host}"), token, profile="operator")
    assert response.status_code in (400, 403)
    data(workshop.anybody.request_certificate(workshop.request(f"dns:{host}"), token), 201)


def test_a_token_cannot_name_another_identity(workshop):
    host, token = enrolled(workshop)
    response = workshop.anybody.request_certificate(workshop.request(f"dns:{host}"), token, identity="somebody-else")
    assert response.status_code in (400, 403)


def test_a_token_opens_nothing_else(workshop):
    host, token = enrolled(workshop)
    assert workshop.anybody.get("/v1/certificates", token=token).status_code in (401, 403)
    assert workshop.anybody.post("/v1/enrollments", {"identity": host, "profile": "service", "names": [f"dns:{host}"]},
                                 token=token).status_code in (401, 403)


def test_only_hashes_of_tokens_are_kept(workshop):
    _, token = enrolled(workshop)
    for path in (workshop.site.ca.database, workshop.site.ca.log, workshop.site.front.access_log):
        assert token.encode() not in path.read_bytes()
