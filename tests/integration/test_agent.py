"""chancery-agent against the real thing: enrolment, two renewals on the wire, the Pushgateway, Prometheus."""
import os
import re

import pytest

from stack.monitoring import EXPIRY_QUERY
from stack.processes import wait_until
from stack.wire import Wire

from conftest import built_site

HOSTS = {"web": "web.test.internal", "api": "api.test.internal"}


@pytest.fixture(scope="module")
def site(programs, tmp_path_factory):
    with built_site(programs, tmp_path_factory.mktemp("agent")) as site:
        site.start_monitoring()
        site.start_service(HOSTS)
        site.start_agent("node-1", "fleeting")
        yield site


def serial_on_the_wire(site, name):
    try:
        return Wire(site.hierarchy.root, site.service.port, HOSTS[name]).handshake().serial
    except OSError:
        return None


@pytest.mark.parametrize("name", HOSTS)
def test_renewals_are_seen_on_the_wire(site, name):
    serials = []

    def another():
        site.check_running(site.agent.process)
        serial = serial_on_the_wire(site, name)
        if serial and serial not in serials:
            serials.append(serial)
        return len(serials) >= 3

    wait_until(another, f"three certificates of {name} on the wire; the agent says\n{site.agent.process.tail()}", timeout=40)
    rows = site.as_operator("list", "--name", f"dns:{HOSTS[name]}")["certificates"]
    lineages = {row["lineage"] for row in rows}
    assert len(lineages) == 1 and set(serials) <= {row["serial"] for row in rows}
    fingerprints = {row["fingerprint"] for row in rows}
    assert len(fingerprints) == len(rows)


def test_installation_is_private_and_switched_by_one_link(site):
    for name in HOSTS:
        directory = site.service.directory(name)
        assert os.path.islink(directory / "current")
        assert (directory / "current" / "key.pem").stat().st_mode & 0o777 == 0o600
        assert (directory / "current" / "certificate.pem").read_text().count("BEGIN CERTIFICATE") == 2


def test_the_pushgateway_has_the_metrics(site):
    def complete():
        text = site.pushgateway.metrics()
        return all(re.search(rf'^{metric}{{[^}}]*node="node-1"', text, re.MULTILINE) for metric in (
            "chancery_certificate_not_after_timestamp_seconds", "chancery_certificate_renew_after_timestamp_seconds",
            "chancery_certificate_served_not_after_timestamp_seconds", "chancery_agent_last_success_timestamp_seconds"))

    wait_until(complete, "the agent's metrics on the Pushgateway")


def test_prometheus_answers_the_expiry_query(site):
    def answered():
        return {labels["certificate"]: left for labels, left in site.prometheus.query(EXPIRY_QUERY)
                if labels.get("node") == "node-1" and labels.get("profile") == "fleeting"}

    left = wait_until(lambda: set(answered()) == set(HOSTS) and answered(), "Prometheus to know both certificates")
    assert all(-8 < seconds <= 8 for seconds in left.values())


def test_prometheus_scrapes_the_ca_through_the_front(site):
    wait_until(lambda: site.prometheus.query("chancery_certificates_issued_total"), "the CA's metrics in Prometheus")


def test_the_agent_ends_cleanly(site):
    assert site.agent.stop() == 0
