"""chancery-agent against the real thing: enrolment, two renewals on the wire, the Pushgateway, Prometheus."""
import os
import re

import pytest

from stack.monitoring import EXPIRY_QUERY
from stack.ports import free_port
from stack.processes import wait_until
from stack.wire import Wire

from conftest import built_site

HOSTS = {"web": "web.test.internal", "api": "api.test.internal"}
PER_CERTIFICATE = [
    "chancery_certificate_not_after_timestamp_seconds", "chancery_certificate_renew_after_timestamp_seconds",
    "chancery_certificate_served_not_after_timestamp_seconds", "chancery_certificate_consecutive_failures"]


@pytest.fixture(scope="module")
def site(programs, tmp_path_factory):
    with built_site(programs, tmp_path_factory.mktemp("agent")) as site:
        metrics_port = free_port()
        site.start_monitoring(metrics_port)
        site.start_service(HOSTS)
        site.start_agent("node-1", "fleeting", metrics_port=metrics_port)
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


def samples(text, metric):
    """[(labels, value)] of `metric` in Prometheus's text format."""
    rows = re.findall(rf"^{metric}(?:{{(.*)}})? (\S+)$", text, re.MULTILINE)
    return [(dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels)), float(value)) for labels, value in rows]


def of_certificates(labels):
    return labels.get("node") == "node-1" and labels.get("profile") == "fleeting" and labels.get("certificate")


@pytest.mark.parametrize("metric", PER_CERTIFICATE)
def test_the_pushgateway_has_it_for_each_certificate(site, metric):
    def known():
        return {of_certificates(labels) for labels, _ in samples(site.pushgateway.metrics(), metric)} == set(HOSTS)

    wait_until(known, f"{metric} of {', '.join(HOSTS)} on the Pushgateway")


@pytest.mark.parametrize("metric", PER_CERTIFICATE)
def test_prometheus_scrapes_it_from_the_agent(site, metric):
    def known():
        rows = site.prometheus.query(f'{metric}{{job="chancery-agent"}}')
        return {of_certificates(labels) for labels, _ in rows} == set(HOSTS)

    wait_until(known, f"{metric} of {', '.join(HOSTS)} scraped from the agent")


def scraped(site, expression):
    """The values that Prometheus has from the agent's own port, by their labels' values but job and instance."""
    rows = site.prometheus.query(expression)
    return {tuple(value for name, value in sorted(labels.items()) if name not in ("__name__", "instance", "job")): value
            for labels, value in rows}


def test_renewals_are_counted_by_result(site):
    def counted():
        found = scraped(site, 'chancery_renewals_total{job="chancery-agent"}')
        return set(found) == {("success",), ("failure",), ("rolled_back",), ("pending",)} and found[("success",)] >= 2 and found

    found = wait_until(counted, "at least two renewals in Prometheus")
    assert found[("rolled_back",)] == 0


def test_what_the_agent_says_of_itself_is_scraped(site):
    success = wait_until(lambda: scraped(site, 'time() - chancery_agent_last_success_timestamp_seconds{job="chancery-agent"}'),
                         "the agent's last success in Prometheus")
    assert set(success) == {("node-1",)} and -1 <= success[("node-1",)] < 30
    offset = scraped(site, 'chancery_clock_offset_seconds{job="chancery-agent"}')
    assert set(offset) == {("node-1",)} and abs(offset[("node-1",)]) <= 2
    trust = scraped(site, 'chancery_trust_not_after_timestamp_seconds{job="chancery-agent"} - time()')
    assert len(trust) == 2 and all(node == "node-1" and left > 86400 for (node, *_), left in trust.items())


def test_the_served_certificate_is_the_installed_one(site):
    def equal():
        text = site.pushgateway.metrics()
        installed, served = (dict((labels["certificate"], value) for labels, value in samples(text, metric))
                             for metric in (PER_CERTIFICATE[0], PER_CERTIFICATE[2]))
        return installed and installed == served

    wait_until(equal, "the certificates on disk to be those on the wire")


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
