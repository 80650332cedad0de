"""The front's nginx template, with a stand-in behind it that shows what arrives."""
import datetime
import http.server
import ipaddress
import json
import socket
import ssl
import threading

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from stack.nginx import Front, render_front
from stack.pki import Identity, make_key
from stack.ports import free_port
from stack.processes import run, wait_until

SECRET = "s3cret_" * 6
FORGED = {"X-Chancery-Proxy-Secret": "guess", "X-Chancery-Client-Certificate": "-----BEGIN", "X-Request-Id": "chosen"}


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers every request with what it received."""
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        data = json.dumps({"path": self.path, "headers": self.headers.items(), "length": len(body)}).encode()
        self.send_response(418 if self.path == "/teapot" else 200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer

    def log_message(self, *arguments):
        pass


def self_signed(directory, host, days=1):
    """A certificate of its own, for `days` from now or, if negative, until that many days ago."""
    directory.mkdir()
    key = make_key(directory / "key.pem")
    now = datetime.datetime.utcnow()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    names = x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=10))
                   .not_valid_after(now + datetime.timedelta(days=days)).add_extension(names, critical=False)
                   .sign(private, hashes.SHA256()))
    path = directory / "certificate.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Identity(path, key)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    return tmp_path_factory.mktemp("front")


@pytest.fixture(scope="module")
def identity(workplace):
    return self_signed(workplace / "identity", "front.test")


@pytest.fixture(scope="module")
def upstream():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


@pytest.fixture(scope="module")
def front(workplace, identity, upstream):
    front = Front(workplace / "nginx", identity, SECRET, upstream, "front.test").start()
    yield front
    front.stop()


@pytest.fixture
def session(identity):
    session = requests.Session()
    session.trust_env = False  # a CA bundle of the environment would win over `verify`
    session.verify = str(identity.certificate)
    return session


def arrived(response, name):
    return [value for key, value in response.json()["headers"] if key.lower() == name.lower()]


def envelope(response, status, kind):
    """Asserts that `response` is nginx's own refusal in the envelope, and returns its message."""
    body = response.json()
    assert set(body) == {"version", "success", "code", "message", "request_id", "data", "error", "meta"}
    assert (response.status_code, body["code"], body["success"]) == (status, status, False)
    assert body["error"] == {"type": kind, "details": []}
    assert len(body["request_id"]) == 32
    assert response.headers["Content-Type"] == "application/json"
    assert "nginx/" not in response.headers["Server"]
    return body["message"]


def test_headers_that_a_client_forges_never_arrive(front, session):
    response = session.get(front.url + "/health", headers=FORGED)
    assert arrived(response, "X-Chancery-Proxy-Secret") == [SECRET]
    assert arrived(response, "X-Request-Id") != ["chosen"] and len(arrived(response, "X-Request-Id")) == 1
    assert "X-Chancery-Client-Certificate" not in str(response.json())  # an empty header is not sent at all


def test_the_client_certificate_arrives_whole(front, session, workplace):
    client = self_signed(workplace / "client", "client.test")
    session.cert = client.pair
    response = session.get(front.url + "/health", headers=FORGED)
    escaped, = arrived(response, "X-Chancery-Client-Certificate")
    assert requests.utils.unquote(escaped) == client.certificate.read_text()


@pytest.mark.parametrize("path", ["/v1/certificates", "/metrics", "/health"])
def test_an_expired_client_certificate_gets_no_further(front, session, tmp_path, path):
    session.cert = self_signed(tmp_path / "expired", "client.test", days=-1).pair
    response = session.post(front.url + path, data=b"x" * 1000)
    assert "expired" in envelope(response, 401, "UnauthorizedError")


def test_the_service_s_own_refusals_pass_through(front, session):
    response = session.get(front.url + "/teapot")
    assert response.status_code == 418 and response.json()["path"] == "/teapot"


@pytest.mark.parametrize("size,status", [(64 * 1024, 200), (64 * 1024 + 1, 413)])
def test_the_limit_of_bodies(front, session, size, status):
    response = session.post(front.url + "/v1/certificates", data=b"x" * size)
    assert response.status_code == status
    if status == 413:
        assert "64k" in envelope(response, 413, "PayloadTooLargeError")


def test_chunked_bodies_are_limited_too_and_arrive_whole(front, session):
    response = session.post(front.url + "/", data=(b"x" * 1024 for _ in range(64)))
    assert response.json()["length"] == 64 * 1024 and not arrived(response, "Transfer-Encoding")
    response = session.post(front.url + "/", data=(b"x" * 1024 for _ in range(65)))
    envelope(response, 413, "PayloadTooLargeError")


def test_long_lines_and_headers_are_refused(front, session):
    assert session.get(front.url + "/" + "a" * 3900).status_code == 200
    envelope(session.get(front.url + "/" + "a" * 4100), 414, "ValidationError")
    envelope(session.get(front.url + "/", headers={"X-Long": "a" * 4100}), 400, "ValidationError")


def test_plain_http_is_told_to_use_https(front):
    response = requests.get(front.url.replace("https", "http") + "/")
    assert "https://" in envelope(response, 400, "ValidationError")


def test_what_is_not_http_is_refused_in_the_envelope(front, identity):
    context = ssl.create_default_context(cafile=str(identity.certificate))
    with socket.create_connection(("127.0.0.1", front.port), timeout=5) as connection:
        with context.wrap_socket(connection, server_hostname="front.test") as tls:
            tls.sendall(b"\x01nonsense\r\n\r\n")
            answer = b"".join(iter(lambda: tls.recv(4096), b""))
    head, body = answer.split(b"\r\n\r\n", 1)
    assert b" 400 " in head and json.loads(body)["error"]["type"] == "ValidationError"


def test_http2_and_both_tls_versions(front, identity):
    for options in (["--tlsv1.2", "--tls-max", "1.2"], ["--tlsv1.3"]):
        words = run(["curl", "--silent", "--fail", *options, "--http2", "--cacert", identity.certificate,
                     "--write-out", "\n%{http_version}", front.url + "/health"])
        assert words.splitlines()[-1] == "2"


def test_metrics_only_for_the_listed_addresses(workplace, identity, upstream, session):
    front = Front(workplace / "closed", identity, SECRET, upstream, "front.test",
                  chancery_front_metrics_allow=["192.0.2.1"]).start()
    try:
        envelope(session.get(front.url + "/metrics"), 403, "ForbiddenError")
        assert session.get(front.url + "/health").status_code == 200
    finally:
        front.stop()


def test_a_service_that_is_down_is_unavailable_with_retry_after(workplace, identity, session):
    front = Front(workplace / "alone", identity, SECRET, free_port(), "front.test").start()
    try:
        response = session.get(front.url + "/health")
        assert "Idempotency-Key" in envelope(response, 503, "UnavailableError")
        assert response.headers["Retry-After"] == "1"
    finally:
        front.stop()


def test_health_checks_are_rate_limited_and_nothing_else_is(workplace, identity, upstream, session):
    front = Front(workplace / "hasty", identity, SECRET, upstream, "front.test", chancery_front_health_rate="1r/m").start()
    try:
        answers = [session.get(front.url + "/health") for _ in range(22)]
        assert [answer.status_code for answer in answers] == [200] * 21 + [429]  # one, and the burst of twenty
        envelope(answers[-1], 429, "RateLimited")
        assert answers[-1].headers["Retry-After"] == "1"
        assert session.get(front.url + "/v1/ca/roots").status_code == 200
    finally:
        front.stop()


def test_requests_are_limited_by_address_and_by_certificate(workplace, identity, upstream, session):
    slow = {"chancery_front_request_rate": "1r/m", "chancery_front_request_burst": 3}
    front = Front(workplace / "limited", identity, SECRET, upstream, "front.test", **slow).start()
    try:
        answers = [session.get(front.url + "/v1/certificates") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200] * 4 + [429]  # one, and the burst of three
        assert "certificate" in envelope(answers[-1], 429, "RateLimited")
        assert answers[-1].headers["Retry-After"] == "1"
        assert session.get(front.url + "/health").status_code == 200  # has a limit of its own
        session.cert = self_signed(workplace / "made-up", "made-up.test").pair
        envelope(session.get(front.url + "/v1/certificates"), 429, "RateLimited")  # a certificate does not lift the address's limit
    finally:
        front.stop()


def test_one_certificate_is_limited_from_wherever_it_is_shown(workplace, identity, upstream):
    """From three addresses of this machine, each of which has sent too little to be limited itself."""
    slow = {"chancery_front_request_rate": "1r/m", "chancery_front_request_burst": 3}
    front = Front(workplace / "shown", identity, SECRET, upstream, "front.test", **slow).start()
    client = self_signed(workplace / "shown-client", "client.test")

    def status(address, *options):
        return run(["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--interface", address,
                    "--cacert", identity.certificate, *options, front.url + "/v1/certificates"])

    try:
        with_it = [status(f"127.0.0.{number}", "--cert", client.certificate, "--key", client.key) for number in (2, 2, 3, 3, 4)]
        assert with_it == ["200"] * 4 + ["429"]
        assert status("127.0.0.4") == "200"
    finally:
        front.stop()


def test_the_query_arrives_as_it_was_sent(front, session):
    response = session.get(front.url + "/v1/certificates?limit=1&limit=%26", headers={"X-Chancery-Query": "forged"})
    assert arrived(response, "X-Chancery-Query") == ["limit=1&limit=%26"]
    assert arrived(session.get(front.url + "/v1/certificates", headers={"X-Chancery-Query": "forged"}), "X-Chancery-Query") == []


def test_the_access_log_is_json_lines(front, session):
    answer = session.get(front.url + '/quote"and\\slash')

    def logged():  # after the answer has been sent
        lines = [json.loads(line) for line in front.access_log.read_text().splitlines()]
        return [line for line in lines if [line["request_id"]] == arrived(answer, "X-Request-Id")]

    line, = wait_until(logged, "the request's line in the access log")
    assert (line["status"], line["level"], line["remote_address"]) == ("200", "info", "127.0.0.1")


def test_only_root_reads_the_proxy_secret(front):
    snippet = front.nginx.prefix / "proxy-secret.conf"
    assert snippet.stat().st_mode & 0o777 == 0o600
    assert SECRET not in (front.nginx.prefix / "chancery-ca.conf").read_text()


def test_a_misspelt_variable_is_refused():
    with pytest.raises(ValueError, match="chancery_front_prot"):
        render_front({"chancery_front_prot": 1})
