"""Debian's Pushgateway and Prometheus, with their storage in a folder of ours."""
import json
import pathlib
import urllib.parse
import urllib.request

import yaml

from .ports import free_port
from .processes import Process

EXPIRY_QUERY = "chancery_certificate_not_after_timestamp_seconds - time()"


# Everything here is on 127.0.0.1: a proxy of the environment has no part in it.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _get(url):
    """The body. Errors: OSError."""
    with _opener.open(url, timeout=5) as response:
        return response.read()


def _answers(url):
    try:
        _get(url)
        return True
    except OSError:
        return False


class Pushgateway:
    def __init__(self, directory):
        directory = pathlib.Path(directory)
        directory.mkdir(mode=0o700)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = Process("Pushgateway", [
            "prometheus-pushgateway", f"--web.listen-address=127.0.0.1:{self.port}", "--persistence.file="],
            directory / "pushgateway.log")

    def start(self):
        self.process.start()
        self.process.wait_ready(lambda: _answers(f"{self.url}/-/ready"), "answering")
        return self

    def metrics(self):
        return _get(f"{self.url}/metrics").decode()

    def stop(self):
        return self.process.stop()


class Prometheus:
    """Scrapes the Pushgateway, chancery-ca through its front, and an agent's own port, once a second."""

    def __init__(self, directory, pushgateway, front=None, roots=None, server_name=None, agent_port=None):
        directory = pathlib.Path(directory)
        directory.mkdir(mode=0o700)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        jobs = [{"job_name": "pushgateway", "honor_labels": True,
                 "static_configs": [{"targets": [f"127.0.0.1:{pushgateway.port}"]}]}]
        if front:
            jobs.append({"job_name": "chancery-ca", "scheme": "https",
                         "tls_config": {"ca_file": str(roots), "server_name": server_name},
                         "static_configs": [{"targets": [f"127.0.0.1:{front.port}"]}]})
        if agent_port:
            jobs.append({"job_name": "chancery-agent", "static_configs": [{"targets": [f"127.0.0.1:{agent_port}"]}]})
        configuration = directory / "prometheus.yml"
        configuration.write_text(yaml.safe_dump({"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}))
        self.process = Process("Prometheus", [
            "prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={directory}/data",
            f"--web.listen-address=127.0.0.1:{self.port}"], directory / "prometheus.log")

    def start(self):
        self.process.start()
        self.process.wait_ready(lambda: _answers(f"{self.url}/-/ready"), "ready", timeout=60)
        return self

    def query(self, expression):
        """The instant vector of `expression`: a list of (labels, value)."""
        answer = json.loads(_get(f"{self.url}/api/v1/query?" + urllib.parse.urlencode({"query": expression})))
        return [(row["metric"], float(row["value"][1])) for row in answer["data"]["result"]]

    def expiry_page(self):
        """Where a person looks at the time left on each certificate."""
        expression = urllib.parse.quote(EXPIRY_QUERY.replace(" ", ""), safe="()")
        return f"{self.url}/graph?g0.expr={expression}&g0.tab=0&g0.range_input=5m"

    def stop(self):
        return self.process.stop()
