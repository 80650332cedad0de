"""kill -9 at each numbered step: no acknowledged certificate is lost, no signature is unknown, no token is burnt.

chancery-ca-crashing is chancery-ca with an observer that kills the process with SIGKILL when the step named in
CHANCERY_TEST_CRASH_AT has been finished.
"""
import concurrent.futures
import secrets
import signal
import threading

import pytest
import requests

from stack.rest import data, refusal

from conftest import built_site

NOTHING_YET = ["policy", "prepare"]
SIGNED_MAYBE = ["intent", "sign", "check"]
RECORDED = ["record", "answer"]


@pytest.fixture(scope="module")
def crashing(programs):
    program = programs.directory / "chancery-ca-crashing"
    assert program.exists(), f"{program} has not been built"
    return program


@pytest.fixture(scope="module")
def site(programs, tmp_path_factory):
    with built_site(programs, tmp_path_factory.mktemp("crashes"), start=False) as site:
        site.callback(lambda: site.ca.stop())
        yield site


class Crash:
    """One request that kills the service at `step`, and the service started again."""

    def __init__(self, workshop, crashing, step):
        self.step = step
        self.workshop, site = workshop, workshop.site
        self.host = f"{step}.test.internal"
        site.ca.start()
        before = workshop.operator.enroll("before", ["dns:before.test.internal"], uses=10)
        self.acknowledged = data(workshop.anybody.request_certificate(workshop.request("dns:before.test.internal"), before), 201)
        self.token = workshop.operator.enroll(self.host, [f"dns:{self.host}"])
        self.csr = workshop.request(f"dns:{self.host}")
        self.serials_before = set(workshop.ledger.serials())
        site.ca.stop()

        site.ca.start(crashing, {"CHANCERY_TEST_CRASH_AT": step})
        refusal(self.ask(), 503, "UnavailableError")
        assert site.ca.process.wait() == -signal.SIGKILL
        site.ca.start()

    def ask(self):
        return self.workshop.anybody.request_certificate(self.csr, self.token, f"crash-{self.step}")

    def new_serials(self):
        serials = self.workshop.ledger.serials()
        return {serial: status for serial, status in serials.items() if serial not in self.serials_before}


@pytest.fixture(params=NOTHING_YET + SIGNED_MAYBE + RECORDED)
def crash(request, workshop, crashing):
    yield Crash(workshop, crashing, request.param)
    workshop.site.ca.stop()


def test_a_crash_at_each_step(crash):
    workshop, operator = crash.workshop, crash.workshop.operator
    assert data(operator.get(f"/v1/certificates/{crash.acknowledged['serial']}"))["status"] == "valid"
    left = crash.new_serials()

    if crash.step in NOTHING_YET:
        assert left == {}
    else:
        (serial, status), = left.items()
        assert status == ("unrecorded" if crash.step in SIGNED_MAYBE else "valid")
        assert serial in workshop.ledger.audit("issuance.intent")
    assert workshop.ledger.query("SELECT count(*) FROM intents") == [(0,)]

    again = crash.ask()  # the same Idempotency-Key, key, request and token
    certificate = data(again, again.status_code)
    if crash.step in RECORDED:
        assert certificate["serial"] == serial and crash.new_serials() == left
    else:
        assert again.status_code == 201 and certificate["serial"] not in left
        assert crash.new_serials() == {**left, certificate["serial"]: "valid"}
    assert workshop.ledger.query("SELECT used, reserved FROM tokens WHERE identity = ?", crash.host) == [(1, 0)]

    if crash.step in SIGNED_MAYBE:  # whatever may have been signed can be revoked
        assert data(operator.post(f"/v1/certificates/{serial}/revocation", {"reason": "keyCompromise"}))["status"] == "revoked"
        assert crash.new_serials()[serial] == "revoked"
    workshop.site.ca.verify_audit()


@pytest.mark.parametrize("step", NOTHING_YET + SIGNED_MAYBE + RECORDED)
def test_a_crash_at_each_step_of_a_renewal(workshop, crashing, step):
    ca, host = workshop.site.ca, f"renewal-{step}.test.internal"
    ca.start()
    first, client = workshop.enrolled(host)
    csr = workshop.request(f"dns:{host}")
    before = workshop.ledger.serials()
    ca.stop()

    def renew():
        return client.post(f"/v1/certificates/{first['serial']}/renewal", {"csr": csr}, idempotency_key=f"renewal-{step}")

    ca.start(crashing, {"CHANCERY_TEST_CRASH_AT": step})
    refusal(renew(), 503, "UnavailableError")
    assert ca.process.wait() == -signal.SIGKILL
    ca.start()
    left = {serial: status for serial, status in workshop.ledger.serials().items() if serial not in before}
    assert list(left.values()) == ([] if step in NOTHING_YET else ["unrecorded" if step in SIGNED_MAYBE else "valid"])
    second = data(renew(), 201)  # the same key once more: nobody has a certificate for it but this request
    assert second["renewed_from"] == first["serial"] and second["lineage"] == first["lineage"]
    if step in RECORDED:
        assert {second["serial"]: "valid"} == left
    assert workshop.ledger.query("SELECT count(*) FROM intents") == [(0,)]
    ca.verify_audit()
    ca.stop()


def test_a_kill_under_load_loses_nothing_acknowledged_and_knows_every_serial(workshop):
    """Sixteen clients ask until the service is killed under them, at whatever each is doing."""
    ca, clients, wanted = workshop.site.ca, 16, 40
    ca.start()
    hosts = [f"load-{n}.test.internal" for n in range(clients)]
    tokens = [workshop.operator.enroll(host, [f"dns:{host}"], uses=1000) for host in hosts]
    csrs = [workshop.request(f"dns:{host}") for host in hosts]
    acknowledged, enough = [], threading.Event()

    def ask_until_it_dies(token, csr):
        client = workshop.client()
        while True:
            try:
                answer = client.request_certificate(csr, token, secrets.token_hex(8))  # another one each time
            except requests.RequestException:
                return
            if answer.status_code != 201:
                return
            acknowledged.append(answer.json()["data"]["serial"])
            if len(acknowledged) >= wanted:
                enough.set()

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        done = [pool.submit(ask_until_it_dies, token, csr) for token, csr in zip(tokens, csrs)]
        assert enough.wait(60)
        ca.process.signal(signal.SIGKILL)
        assert ca.process.wait() == -signal.SIGKILL
        for client in done:
            client.result()
    ca.start()
    serials = workshop.ledger.serials()
    assert len(acknowledged) == len(set(acknowledged)) >= wanted
    assert {serials[serial] for serial in acknowledged} == {"valid"}
    assert set(serials) == set(workshop.ledger.audit("issuance.intent"))
    assert workshop.ledger.query("SELECT count(*) FROM intents") == [(0,)]
    assert workshop.ledger.query("SELECT sum(reserved) FROM tokens") == [(0,)]
    ca.verify_audit()
    ca.stop()
