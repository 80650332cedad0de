"""Client certificates that must not open anything: expired, revoked, of another CA, another identity's, forged headers."""
import urllib.parse

import pytest
import requests

from stack import pki
from stack.processes import run, wait_until
from stack.rest import data, refusal


def renewal(workshop, client, serial, host):
    return client.post(f"/v1/certificates/{serial}/renewal", {"csr": workshop.request(f"dns:{host}")})


def refused_and_nothing_changed(workshop, ask, status=401, kind="UnauthorizedError"):
    before = workshop.ledger.contents()
    message = refusal(ask(), status, kind)
    assert workshop.ledger.contents() == before
    return message


def test_an_expired_certificate(workshop):
    host = workshop.host()
    certificate, client = workshop.enrolled(host, "expiring")
    serial = certificate["serial"]
    wait_until(lambda: client.get(f"/v1/certificates/{serial}").status_code == 401, "the certificate to expire")
    message = refused_and_nothing_changed(workshop, lambda: renewal(workshop, client, serial, host))
    assert "expired" in message and "token" in message


def test_a_revoked_certificate(workshop):
    host = workshop.host()
    certificate, client = workshop.enrolled(host)
    serial = certificate["serial"]
    assert client.get(f"/v1/certificates/{serial}").status_code == 200
    data(workshop.operator.post(f"/v1/certificates/{serial}/revocation", {"reason": "keyCompromise"}))
    message = refused_and_nothing_changed(workshop, lambda: renewal(workshop, client, serial, host))
    assert "revoked" in message


def foreign(workshop, host):
    """A client whose certificate looks the same but was issued by another CA."""
    folder = workshop.new_folder()
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         "-subj", "/CN=Demo Issuing CA", "-keyout", folder / "ca.key", "-out", folder / "ca.pem"])
    key, _ = workshop.key_and_request(f"dns:{host}")
    request = key.parent / "request.pem"
    run(["openssl", "x509", "-req", "-in", request, "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-days", "1",
         "-copy_extensions", "copy", "-out", folder / "leaf.pem"])
    return workshop.client(pki.Identity(folder / "leaf.pem", key))


def test_a_certificate_of_another_ca(workshop):
    host = workshop.host()
    certificate, _ = workshop.enrolled(host)
    client = foreign(workshop, host)
    message = refused_and_nothing_changed(workshop, lambda: renewal(workshop, client, certificate["serial"], host))
    assert "not issued by this CA" in message


def test_another_identity_s_certificate(workshop):
    host = workshop.host()
    victim, _ = workshop.enrolled(host)
    _, client = workshop.enrolled(workshop.host())
    serial = victim["serial"]
    for ask in (lambda: renewal(workshop, client, serial, host),
                lambda: client.post(f"/v1/certificates/{serial}/revocation", {"reason": "superseded"})):
        refused_and_nothing_changed(workshop, ask, 403, "ForbiddenError")
    assert client.get(f"/v1/certificates/{serial}").status_code in (403, 404)


def test_a_service_s_certificate_is_no_operator_s(workshop):
    _, client = workshop.enrolled(workshop.host())
    body = {"identity": "x", "profile": "operator", "names": ["email:eve@ops.internal"]}
    refused_and_nothing_changed(workshop, lambda: client.post("/v1/enrollments", body), 403, "ForbiddenError")
    refused_and_nothing_changed(workshop, lambda: client.get("/v1/certificates"), 403, "ForbiddenError")
    refused_and_nothing_changed(workshop, lambda: client.get("/v1/expiry"), 403, "ForbiddenError")


def test_a_server_certificate_is_no_client_certificate(workshop):
    """The front's own certificate is of this CA, but has no clientAuth."""
    client = workshop.client(workshop.site.front_identity)
    refused_and_nothing_changed(workshop, lambda: client.get("/v1/certificates"))


def test_a_forged_header_gives_nothing(workshop):
    operator = urllib.parse.quote(workshop.site.operator.certificate.read_text())
    headers = {"X-Chancery-Client-Certificate": operator, "X-Chancery-Proxy-Secret": workshop.site.ca.proxy_secret}
    response = workshop.anybody.get("/v1/certificates", headers=headers)
    refusal(response, 401, "UnauthorizedError")


@pytest.mark.parametrize("secret", [None, "", "guess", "x" * 43])
def test_the_loopback_port_serves_nobody_without_the_front_s_secret(workshop, secret):
    operator = urllib.parse.quote(workshop.site.operator.certificate.read_text())
    headers = {"X-Chancery-Client-Certificate": operator}
    if secret is not None:
        headers["X-Chancery-Proxy-Secret"] = secret
    for path in ("/health", "/metrics", "/v1/certificates", "/v1/ca/roots"):
        response = requests.get(f"http://127.0.0.1:{workshop.site.ca.port}{path}", headers=headers, timeout=10)
        refusal(response, 401, "UnauthorizedError")
