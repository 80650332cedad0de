"""What the programs keep resident while they work, in the development build; the release is measured by tests/bench."""
import concurrent.futures
import pathlib
import re

import pytest

from stack.processes import wait_until
from stack.rest import data

from conftest import Workshop, built_site

AGENT_LIMIT, CA_LIMIT = 15.0, 60.0  # MB


@pytest.fixture(scope="module")
def site(programs, tmp_path_factory):
    with built_site(programs, tmp_path_factory.mktemp("memory")) as site:
        yield site


def peak_megabytes(process):
    """The most that has been resident since it started: VmHWM, which VmRSS never exceeds."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) / 1024


def test_the_agent_through_two_renewals(site):
    site.start_service({"web": "web.test.internal"})
    site.start_agent("node-1", "fleeting")

    def three():
        site.check_running(site.agent.process)
        return len(site.as_operator("list", "--identity", "node-1.web")["certificates"]) >= 3

    wait_until(three, "three certificates of the agent", timeout=40)
    assert peak_megabytes(site.agent.process) <= AGENT_LIMIT


def test_the_service_under_64_requests_at_once(site):
    workshop = Workshop(site)
    hosts = [workshop.host() for _ in range(192)]
    requests = [(host, workshop.request(f"dns:{host}")) for host in hosts]

    def issue(pair):
        host, csr = pair
        return data(workshop.client(site.operator).request_certificate(csr, profile="service", identity=host), 201)["serial"]

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        assert len(set(pool.map(issue, requests))) == len(hosts)
    assert peak_megabytes(site.ca.process) <= CA_LIMIT
