"""200 clients at the same moment through nginx: exactly as many certificates as are allowed, whatever they share."""
import concurrent.futures
import threading
import time

import pytest

from stack.rest import data, refusal

CLIENTS = 200


@pytest.fixture(scope="module")
def clients(workshop):
    everybody = [workshop.client() for _ in range(CLIENTS)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda client: client.get("/v1/ca/roots"), everybody))  # connected, so that the start is all that is left
    return everybody


def rush(clients, ask):
    """What `ask(client, number)` got for each, all at once; who is told to ask again does."""
    start = threading.Barrier(CLIENTS)

    def persist(number):
        start.wait()
        response = ask(clients[number], number)
        while response.status_code in (429, 503):  # nginx's limit, or the same request in progress
            time.sleep(float(response.headers["Retry-After"]) / 10)
            response = ask(clients[number], number)
        return response

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(persist, range(CLIENTS)))


def new_serials(workshop, before):
    return set(workshop.ledger.serials()) - before


def test_one_request_without_a_key(workshop, clients):
    host = workshop.host()
    token = workshop.operator.enroll(host, [f"dns:{host}"])
    csr = workshop.request(f"dns:{host}")
    before = set(workshop.ledger.serials())
    answers = rush(clients, lambda client, _: client.request_certificate(csr, token))
    serials = {data(answer, 201)["serial"] for answer in answers}
    assert len(serials) == 1 and new_serials(workshop, before) == serials
    assert workshop.ledger.query("SELECT used, reserved FROM tokens WHERE identity = ?", host) == [(1, 0)]


def test_one_idempotency_key(workshop, clients):
    host = workshop.host()
    token = workshop.operator.enroll(host, [f"dns:{host}"])
    csr = workshop.request(f"dns:{host}")
    before = set(workshop.ledger.serials())
    answers = rush(clients, lambda client, _: client.request_certificate(csr, token, "rush"))
    serials = {data(answer, 201)["serial"] for answer in answers}
    assert len(serials) == 1 and new_serials(workshop, before) == serials


def test_one_token_and_one_name(workshop, clients):
    host = workshop.host()
    token = workshop.operator.enroll(host, [f"dns:{host}"])
    requests = [workshop.request(f"dns:{host}") for _ in range(CLIENTS)]
    before = set(workshop.ledger.serials())
    answers = rush(clients, lambda client, number: client.request_certificate(requests[number], token))
    winners = [answer for answer in answers if answer.status_code == 201]
    assert len(winners) == 1
    for answer in answers:
        if answer not in winners:
            refusal(answer, 409, "ConflictError")
    assert new_serials(workshop, before) == {data(winners[0], 201)["serial"]}
    workshop.site.ca.verify_audit()
