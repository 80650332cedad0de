"""Policy files that change while the service runs; templates, quotas and grandfathering through the front; `chancery policy`."""
import concurrent.futures
import datetime
import hashlib
import json
import os
import re
import signal
import subprocess
import threading

import pytest
import yaml
from cryptography import x509

from stack.processes import wait_until
from stack.rest import data, refusal

TIGHT = {"name": "tight", "description": "for tests", "lifetime": "30d", "renew_after": "20d",
         "keys": [{"algorithm": "P-256"}], "names": {"max": 1, "dns": ["*.tight.internal"]},
         "extended_key_usage": ["serverAuth", "clientAuth"]}


@pytest.fixture(autouse=True)
def as_before(workshop):
    """Each test leaves the policy files as it found them, and in force."""
    kept = {path.name: path.read_bytes() for path in workshop.site.ca.policies.iterdir()}
    yield
    for path in workshop.site.ca.policies.iterdir():
        if path.name not in kept:
            path.unlink()
    for name, content in kept.items():
        (workshop.site.ca.policies / name).write_bytes(content)
    reload(workshop)
    in_force(workshop, kept["service.yaml"])


def put(workshop, name, profile):
    path = workshop.site.ca.policies / name
    beside = path.with_suffix(f".new-{threading.get_ident()}")  # several threads put files
    beside.write_text(profile if isinstance(profile, str) else yaml.safe_dump(profile, sort_keys=False))
    return beside.replace(path)  # whole at every moment


def reload(workshop):
    os.kill(workshop.site.ca.process.pid, signal.SIGHUP)


def metrics(workshop):
    return workshop.anybody.get("/metrics").text


def in_force(workshop, content):
    digest = hashlib.sha256(content).hexdigest()
    wait_until(lambda: f'hash="{digest}"' in metrics(workshop), "the profile being in force", interval=0.2)


def health(workshop):
    return data(workshop.anybody.get("/health"))


def enrol(workshop, host, profile, **options):
    token = workshop.operator.enroll(host.split(".")[0], [f"dns:{host}"], profile, **options)
    key, csr = workshop.key_and_request(f"dns:{host}")
    return key, workshop.anybody.request_certificate(csr, token)


def chancery(workshop, *arguments):
    site = workshop.site
    command = [site.programs.cli, "--server", site.front.url, "--roots", site.hierarchy.root, "--certificate",
               site.operator.certificate, "--key", site.operator.key, "policy", *arguments]
    return subprocess.run([str(part) for part in command], text=True, capture_output=True, timeout=60)


def test_a_new_profile_is_taken_on_sighup(workshop):
    assert workshop.operator.post("/v1/enrollments", {"identity": "x", "profile": "tight",
                                                      "names": ["dns:x.tight.internal"]}).status_code == 404
    path = put(workshop, "tight.yaml", TIGHT)
    reload(workshop)
    in_force(workshop, path.read_bytes())
    certificate = data(enrol(workshop, "new.tight.internal", "tight")[1], 201)
    assert certificate["profile"] == "tight"
    assert 'chancery_certificates_issued_total{profile="tight",result="issued"} 1' in metrics(workshop)


def test_a_change_is_taken_by_itself(workshop):
    path = put(workshop, "tight.yaml", TIGHT)
    in_force(workshop, path.read_bytes())


def test_a_bad_file_changes_nothing_and_only_the_log_names_it(workshop):
    path = put(workshop, "tight.yaml", TIGHT)
    reload(workshop)
    in_force(workshop, path.read_bytes())
    failures = int(re.search(r"^chancery_policy_reload_failures_total (\d+)", metrics(workshop), re.M).group(1))
    put(workshop, "bad.yaml", "name: bad\nlifetime: 90 days\n")
    put(workshop, "tight.yaml", {**TIGHT, "lifetime": "25d"})  # good, and not taken either
    reload(workshop)
    wait_until(lambda: health(workshop)["status"] == "degraded", "the fault showing in /health", interval=0.2)
    check = next(check for check in health(workshop)["checks"] if check["name"] == "policies")
    assert re.search(r"have faults \(\d+\)", check["message"]), check
    for told in ("bad.yaml", str(workshop.site.ca.policies), "90 days", ":2:11"):
        assert told not in workshop.anybody.get("/health").text
    refusals = [line for line in workshop.site.ca.log.read_text().splitlines() if "policy.refused" in line]
    assert "/bad.yaml:2:11" in refusals[-1]
    assert f"chancery_policy_reload_failures_total {failures + 1}" in metrics(workshop)
    assert f'hash="{hashlib.sha256(path.read_bytes()).hexdigest()}"' not in metrics(workshop)
    assert enrol(workshop, "still.tight.internal", "tight")[1].status_code == 201
    (workshop.site.ca.policies / "bad.yaml").unlink()
    in_force(workshop, path.read_bytes())
    assert health(workshop)["status"] == "ok"


def test_operators_made_with_fewer_approvals_are_warned_of(workshop):
    path = put(workshop, "tight.yaml", {**TIGHT, "approvals": {"required": 2}})
    reload(workshop)
    in_force(workshop, path.read_bytes())
    needle = "but profile tight needs 2"
    wait_until(lambda: any("policy.weak" in line and needle in line for line in workshop.site.ca.log.read_text().splitlines()),
               "the warning in the log", interval=0.2)


def recorded_hash(workshop, serial):
    return workshop.ledger.query("SELECT lower(hex(profile_hash)) FROM certificates c JOIN certificate_status s ON s.id = c.id "
                                 "WHERE s.serial = ?", serial)[0][0]


def test_under_load_each_certificate_is_of_the_policy_it_records(workshop):
    """Let's Encrypt, June 2023: whatever policy is in force at which step, a certificate is wholly of one."""
    days = {}
    for lifetime in (30, 40, 50):
        text = yaml.safe_dump({**TIGHT, "lifetime": f"{lifetime}d"}, sort_keys=False)
        days[hashlib.sha256(text.encode()).hexdigest()] = (lifetime, text)
    texts = [text for _, text in days.values()]
    put(workshop, "tight.yaml", texts[0])
    reload(workshop)
    in_force(workshop, texts[0].encode())
    requests = [workshop.key_and_request("dns:load.tight.internal")[1] for _ in range(30)]
    token = workshop.operator.enroll("load", ["dns:load.tight.internal"], "tight", uses=30)

    def ask(number):
        if number % 5 == 0:
            put(workshop, "tight.yaml", texts[(number // 5) % 3])
            reload(workshop)
        return workshop.client().request_certificate(requests[number], token)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(30)))
    for answer in answers:
        serial = data(answer, 201)["serial"]
        lifetime, _ = days[recorded_hash(workshop, serial)]
        certificate = x509.load_pem_x509_certificate(answer.json()["data"]["certificate"].encode())
        assert certificate.not_valid_after - certificate.not_valid_before == datetime.timedelta(days=lifetime, seconds=-1)


def test_a_name_by_template_is_the_identitys_own(workshop):
    assert enrol(workshop, "web-01.nodes.internal", "node")[1].status_code == 201
    body = {"identity": "web-02", "profile": "node", "names": ["dns:web-03.nodes.internal"]}
    refused = workshop.operator.post("/v1/enrollments", body)  # an operator hears of it before a host does
    assert "dns.allowed" in refusal(refused, 403, "ForbiddenError")
    detail = refused.json()["error"]["details"][0]
    assert re.search(r"/node\.yaml:\d+:\d+$", detail["location"]) and detail["value"] == "dns:web-03.nodes.internal"


def test_a_spent_quota_says_when_to_come_back(workshop):
    path = put(workshop, "tight.yaml", {**TIGHT, "quotas": {"per_name": {"count": 1, "window": "1h"}}})
    reload(workshop)
    in_force(workshop, path.read_bytes())
    assert enrol(workshop, "once.tight.internal", "tight")[1].status_code == 201
    answer = enrol(workshop, "once.tight.internal", "tight")[1]
    refusal(answer, 429, "RateLimited")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    detail = answer.json()["error"]["details"][0]
    assert "the next may be asked for at 20" in detail["message"]
    assert (detail["rule"], detail["value"]) == ("quota.per_name", "dns:once.tight.internal")
    assert "/tight.yaml:" in detail["location"]


def test_policy_replay_shows_what_would_be_decided_differently(workshop):
    profile = {**TIGHT, "name": "replayed"}  # no other test has issued by it
    path = put(workshop, "replayed.yaml", profile)
    reload(workshop)
    in_force(workshop, path.read_bytes())
    certificate = data(enrol(workshop, "replay.tight.internal", "replayed")[1], 201)
    same = chancery(workshop, "replay", path)
    assert same.returncode == 0, same.stdout + same.stderr
    folder = workshop.new_folder()
    stricter = folder / "stricter.yaml"
    stricter.write_text(yaml.safe_dump({**profile, "lifetime": "25d", "names": {"dns": ["*.other.internal"]}}))
    different = chancery(workshop, "replay", "--json", "--since", "1d", stricter)
    assert different.returncode == 1, different.stdout + different.stderr
    found = {entry["serial"]: entry for entry in json.loads(different.stdout)["differences"]}[certificate["serial"]]
    assert found["change"] == "denied" and found["details"][0]["location"].startswith(f"{stricter}:")
    request = folder / "request.pem"
    request.write_text(workshop.request("dns:replay.tight.internal"))
    decided = chancery(workshop, "test", request, "--profile", "replayed", "--as", "replay", "--policies",
                       stricter)
    assert decided.returncode == 1 and "dns.allowed" in decided.stdout
