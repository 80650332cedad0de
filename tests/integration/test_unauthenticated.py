"""No state changes without a credential: every operation that the service says it has, tried with none and with wrong ones."""
import pytest

from stack import pki

STRANGER = "chet_" + "A" * 43


@pytest.fixture(scope="module")
def operations(workshop):
    """(method, path) of all that openapi.json lists, with the serial of a real certificate; a unit test holds that list to the routes."""
    certificate, _ = workshop.enrolled(workshop.host())
    paths = workshop.anybody.call("GET", "/openapi.json").json()["paths"]
    listed = [(method.upper(), path.replace("{serial}", certificate["serial"])) for path, methods in paths.items()
              for method in methods if method in ("get", "post", "put", "patch", "delete")]
    assert len(listed) >= 13
    return listed


@pytest.fixture(scope="module")
def bodies(workshop):
    """What each operation would do, asked rightly by somebody who may."""
    host = workshop.host()
    csr = workshop.request(f"dns:{host}")
    return [{"csr": csr, "profile": "service", "identity": "stranger"},
            {"csr": csr},
            {"identity": "stranger", "profile": "service", "names": [f"dns:{host}"]},
            {"reason": "keyCompromise"}, {}]


@pytest.fixture(scope="module")
def self_made(workshop):
    """A certificate that claims to be an operator's, and no CA has signed."""
    folder = workshop.new_folder()
    key = pki.make_key(folder / "key.pem")
    pki.run(["openssl", "req", "-x509", "-new", "-key", key, "-subj", "/CN=operator", "-days", "1", "-out", folder / "self.pem"])
    return pki.Identity(folder / "self.pem", key)


@pytest.mark.parametrize("credential", ["none", "an unknown token", "another scheme", "an unknown certificate", "a forged header"])
def test_nobody_changes_anything(workshop, operations, bodies, self_made, credential):
    client = workshop.client(self_made if credential == "an unknown certificate" else None)
    headers = {"another scheme": {"Authorization": "Basic b3BlcmF0b3I6"},
               "a forged header": {"X-Chancery-Client-Certificate": workshop.site.operator.certificate.read_text().replace("\n", "%0A")},
               }.get(credential, {})
    options = {"token": STRANGER if credential == "an unknown token" else None, "headers": headers}
    before = workshop.ledger.contents()
    open_to_all = []
    for method, path in operations:
        for body in bodies if method != "GET" else [None]:
            response = client.call(method, path, body, **options)
            assert response.status_code == 401 or (method == "GET" and response.status_code == 200), (method, path, response.text)
        if response.status_code == 200:
            open_to_all.append(path)
    assert open_to_all == ["/health", "/metrics", "/openapi.json", "/v1/ca/roots", "/v1/ca/chain", "/v1/log/key"]
    assert workshop.ledger.contents() == before
