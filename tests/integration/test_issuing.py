"""The main way: enrol, issue, look, renew, revoke, explain; and what the service tells about itself."""
import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from stack.processes import run
from stack.rest import data, refusal


def parsed(certificate):
    return x509.load_pem_x509_certificate(certificate["certificate"].encode())


def test_a_token_buys_the_certificate_it_names(workshop):
    host = workshop.host()
    certificate, _ = workshop.enrolled(host)
    leaf = parsed(certificate)
    assert f"{leaf.serial_number:x}" == certificate["serial"].lstrip("0")
    assert leaf.fingerprint(hashes.SHA256()).hex() == certificate["fingerprint"]
    assert leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName) == [host]
    assert leaf.not_valid_after - leaf.not_valid_before == datetime.timedelta(days=90, seconds=-1)
    assert (certificate["identity"], certificate["profile"], certificate["names"]) == (host, "service", [f"dns:{host}"])
    assert (certificate["status"], certificate["renewed_from"], certificate["lineage"]) == ("valid", None, certificate["serial"])


def test_openssl_and_gnutls_accept_the_chain(workshop):
    certificate, _ = workshop.enrolled(workshop.host())
    folder = workshop.new_folder()
    for name in ("certificate", "chain"):
        (folder / name).write_text(certificate[name])
    root = workshop.site.hierarchy.root
    run(["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", root, "-untrusted", folder / "chain",
         folder / "certificate"])
    (folder / "whole").write_text(certificate["certificate"] + certificate["chain"] + root.read_text())
    assert "The certificate is trusted" in run(["certtool", "--verify-chain", "--infile", folder / "whole"])


def test_a_renewal_keeps_identity_names_and_lineage(workshop):
    host = workshop.host()
    first, client = workshop.enrolled(host)
    second = data(client.post(f"/v1/certificates/{first['serial']}/renewal", {"csr": workshop.request(f"dns:{host}")}), 201)
    assert second["serial"] != first["serial"]
    for member in ("identity", "profile", "names", "lineage"):
        assert second[member] == first[member]
    assert second["renewed_from"] == first["serial"]


def test_a_renewal_demands_a_fresh_key(workshop):
    host = workshop.host()
    token = workshop.operator.enroll(host, [f"dns:{host}"])
    key, csr = workshop.key_and_request(f"dns:{host}")
    certificate = data(workshop.anybody.request_certificate(csr, token), 201)
    client = workshop.client(workshop.identity(key, certificate))
    response = client.post(f"/v1/certificates/{certificate['serial']}/renewal", {"csr": csr})
    assert "key" in refusal(response, 409, "ConflictError")


def test_a_renewal_cannot_take_more_names(workshop):
    host = workshop.host()
    certificate, client = workshop.enrolled(host)
    csr = workshop.request(f"dns:{host}", "dns:more.test.internal")
    refusal(client.post(f"/v1/certificates/{certificate['serial']}/renewal", {"csr": csr}), 403, "ForbiddenError")


def test_the_same_idempotency_key_gives_the_same_certificate(workshop):
    host = workshop.host()
    token = workshop.operator.enroll(host, [f"dns:{host}"])
    csr = workshop.request(f"dns:{host}")
    first = data(workshop.anybody.request_certificate(csr, token, "key-1"), 201)
    again = workshop.anybody.request_certificate(csr, token, "key-1")
    assert again.status_code in (200, 201) and again.json()["data"] == first
    other = workshop.anybody.request_certificate(workshop.request(f"dns:{host}"), token, "key-1")
    refusal(other, 409, "ConflictError")


def test_listing_filters_and_pages(workshop):
    identity = workshop.host()
    serials = []
    for _ in range(5):
        csr = workshop.request(f"dns:{identity}")
        serials.append(data(workshop.operator.request_certificate(csr, profile="service", identity=identity), 201)["serial"])
    seen, cursor = [], ""
    while cursor is not None:
        page = workshop.operator.get(f"/v1/certificates?identity={identity}&limit=2" + (f"&cursor={cursor}" if cursor else ""))
        seen += [row["serial"] for row in data(page)["certificates"]]
        cursor = page.json()["meta"]["next_cursor"] or None
    assert sorted(seen) == sorted(serials) and len(seen) == 5
    assert data(workshop.operator.get(f"/v1/certificates?name=dns:{identity}&status=revoked"))["certificates"] == []


def test_revocation_is_recorded_once(workshop):
    certificate, _ = workshop.enrolled(workshop.host())
    path = f"/v1/certificates/{certificate['serial']}"
    assert data(workshop.operator.post(f"{path}/revocation", {"reason": "superseded"}))["reason"] == "superseded"
    shown = data(workshop.operator.get(path))
    assert (shown["status"], shown["reason"]) == ("revoked", "superseded") and shown["revoked_at"]
    refusal(workshop.operator.post(f"{path}/revocation", {"reason": "superseded"}), 409, "ConflictError")
    refusal(workshop.operator.post(f"{path}/revocation", {"reason": "boredom"}), 400, "ValidationError")


def test_a_dry_run_explains_and_consumes_nothing(workshop):
    host = workshop.host()
    token = workshop.operator.enroll(host, [f"dns:{host}"])
    csr = workshop.request(f"dns:{host}")
    before = workshop.ledger.contents()
    yes = data(workshop.anybody.post("/v1/certificates/explain", {"csr": csr}, token=token))
    no = data(workshop.anybody.post("/v1/certificates/explain", {"csr": workshop.request("dns:www.outside.org")}, token=token))
    assert workshop.ledger.contents() == before
    assert yes["allowed"] and yes["names"] == [f"dns:{host}"] and all(reason["passed"] for reason in yes["reasons"])
    failed = [reason for reason in no["reasons"] if not reason["passed"]]
    assert not no["allowed"] and any(reason["value"] == "dns:www.outside.org" for reason in failed)
    data(workshop.anybody.request_certificate(csr, token), 201)


def test_roots_and_chain_are_public_pem(workshop):
    for path, file in (("roots", workshop.site.hierarchy.root), ("chain", workshop.site.hierarchy.intermediate)):
        response = workshop.anybody.get(f"/v1/ca/{path}")
        assert response.headers["Content-Type"] == "application/x-pem-file"
        served, kept = (x509.load_pem_x509_certificate(text) for text in (response.content, file.read_bytes()))
        assert served == kept


def test_health_is_deep(workshop):
    assert data(workshop.anybody.get("/health"))


def test_metrics_count_what_was_issued(workshop):
    def issued():
        lines = workshop.anybody.get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines
                   if line.startswith("chancery_certificates_issued_total{") and 'profile="service"' in line)

    before = issued()
    workshop.enrolled(workshop.host())
    assert issued() == before + 1


def test_expiry_counts_certificates(workshop):
    buckets = data(workshop.operator.get("/v1/expiry"))["buckets"]
    assert buckets and all(set(bucket) == {"within", "count"} for bucket in buckets)


def test_openapi_is_served(workshop):
    assert workshop.anybody.get("/openapi.json").json()["openapi"].startswith("3.1")


@pytest.mark.parametrize("arguments", [("list",), ("ca", "health")])
def test_the_command_line_speaks_json(workshop, arguments):
    assert workshop.site.as_operator(*arguments)


def test_the_audit_chain_holds_after_all_that(workshop):
    workshop.site.ca.verify_audit()
    assert workshop.ledger.audit("certificate.issued")


def test_no_secret_is_in_the_log(workshop):
    log = workshop.site.ca.log.read_text()
    assert "chet_" not in log and "PRIVATE KEY" not in log and workshop.site.ca.proxy_secret not in log
