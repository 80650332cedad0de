"""The service's clock jumps an hour back and ninety days ahead, while it runs: it says so, and nothing goes wrong for good.

chancery-ca-crashing reads a shift of its clock from the file that CHANCERY_TEST_CLOCK names, at each look.
"""
import pytest
from cryptography import x509

from stack.rest import data, refusal

from conftest import built_site

HOUR, DAY = 3600, 86400


class Clock:
    def __init__(self, path):
        self._path = path
        self.set(0)

    def set(self, seconds):
        """Ahead of the machine's; replaced as one, for a reader that may look at any time."""
        new = self._path.with_suffix(".new")
        new.write_text(f"{seconds}\n")
        new.replace(self._path)

    @property
    def environment(self):
        return {"CHANCERY_TEST_CRASH_AT": "never", "CHANCERY_TEST_CLOCK": str(self._path)}


@pytest.fixture(scope="module")
def site(programs, tmp_path_factory):
    with built_site(programs, tmp_path_factory.mktemp("clock"), start=False) as site:
        site.clock = Clock(site.directory / "clock")
        site.ca.start(programs.directory / "chancery-ca-crashing", site.clock.environment)
        site.callback(site.ca.stop)
        yield site


@pytest.fixture
def clock(site):
    yield site.clock
    site.clock.set(0)


def buckets(workshop):
    return {row["within"]: row["count"] for row in data(workshop.operator.get("/v1/expiry"))["buckets"]}


def test_an_hour_back_before_the_issuer_began_is_refused_and_says_set_the_clock(workshop, clock):
    data(workshop.anybody.get("/health"))
    token = workshop.operator.enroll("early", ["dns:early.test.internal"])
    csr = workshop.request("dns:early.test.internal")
    before = workshop.ledger.serials()
    clock.set(-HOUR)  # the intermediate is minutes old
    assert "clock" in refusal(workshop.anybody.get("/health"), 503, "UnavailableError")
    answer = workshop.anybody.request_certificate(csr, token, "early")
    assert answer.status_code in (403, 503), answer.text
    assert workshop.ledger.serials() == before
    clock.set(0)
    data(workshop.anybody.get("/health"))
    data(workshop.anybody.request_certificate(csr, token, "early"), 201)
    assert workshop.ledger.query("SELECT used, reserved FROM tokens WHERE identity = 'early'") == [(1, 0)]


def test_ninety_days_ahead_and_home_again(workshop, clock):
    first, client = workshop.enrolled("ahead.test.internal")
    unspent = workshop.operator.enroll("later", ["dns:later.test.internal"])
    spent = workshop.operator.enroll("spent", ["dns:spent.test.internal"])
    data(workshop.anybody.request_certificate(workshop.request("dns:spent.test.internal"), spent), 201)
    csr = workshop.request("dns:ahead.test.internal")

    def renew():
        return client.post(f"/v1/certificates/{first['serial']}/renewal", {"csr": csr}, idempotency_key="after-the-jump")

    clock.set(90 * DAY + HOUR)
    data(workshop.anybody.get("/health"))  # the issuer still lasts for years
    assert "expired" in refusal(renew(), 401, "UnauthorizedError")
    for token in (unspent, spent):
        answer = workshop.anybody.request_certificate(workshop.request("dns:later.test.internal"), token)
        assert "expired" in refusal(answer, 401, "UnauthorizedError")
    assert workshop.operator.get("/v1/certificates").status_code == 401  # the operator's own is of a week

    clock.set(0)
    counted = buckets(workshop)
    (there,), = workshop.ledger.query("SELECT count(*) FROM certificates c JOIN certificate_status s ON s.id = c.id WHERE s.status = 0")
    assert counted["90d"] == there
    assert data(renew(), 201)["renewed_from"] == first["serial"]
    refusal(workshop.anybody.request_certificate(workshop.request("dns:spent.test.internal"), spent), 409, "ConflictError")
    data(workshop.anybody.request_certificate(workshop.request("dns:later.test.internal"), unspent), 201)


def test_what_was_issued_on_either_side_of_a_jump_stays_in_its_order_and_inside_its_issuer(workshop, clock):
    issuer = x509.load_pem_x509_certificate(workshop.site.hierarchy.intermediate.read_bytes())
    serials = []
    for days in (3, 0, 5, 0):  # the operator's own certificate lasts for a week
        clock.set(days * DAY)
        host = workshop.host()
        certificate = data(workshop.operator.request_certificate(workshop.request(f"dns:{host}"), profile="service", identity=host), 201)
        serials.insert(0, certificate["serial"])
        leaf = x509.load_pem_x509_certificate(certificate["certificate"].encode())
        assert issuer.not_valid_before <= leaf.not_valid_before < leaf.not_valid_after <= issuer.not_valid_after
        assert certificate["not_before"] < certificate["renew_after"] < certificate["not_after"]
    listed = [row["serial"] for row in data(workshop.operator.get("/v1/certificates?limit=4"))["certificates"]]
    assert listed == serials
    workshop.site.ca.verify_audit()
