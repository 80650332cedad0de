"""One site: hierarchy, CA, front and, where wanted, monitoring, services and agents; built piece by piece."""
import contextlib
import json
import pathlib

from . import pki
from .agent import Agent
from .ca import Ca
from .monitoring import Prometheus, Pushgateway
from .nginx import Front, Service
from .processes import StackError, run


class Site(contextlib.ExitStack):
    """What is started here is stopped, in reverse order, when the context is left."""

    def __init__(self, programs, directory, domain):
        super().__init__()
        self.programs = programs
        self.directory = pathlib.Path(directory)
        self.domain = domain
        self.ca_host = f"ca.{domain}"
        self.pushgateway = self.prometheus = None

    def running(self, thing):
        thing.start()
        self.callback(thing.stop)
        return thing

    def hold_root_ceremony(self):
        self.hierarchy = pki.hold_root_ceremony(self.programs, self.directory / "pki")

    def hold_intermediate_ceremony(self):
        pki.hold_intermediate_ceremony(self.programs, self.hierarchy)
        run([self.programs.root, "verify", self.hierarchy.bundle])

    def make_ca(self, profiles, **settings):
        """A CA that has issued the certificates of its front and of the first operator, and does not run yet."""
        self.ca = Ca(self.programs, self.directory / "ca", self.hierarchy, profiles, **settings)
        self.front_identity = self.ca.issue_locally(
            self.directory / "front-identity", "front", "front", [f"dns:{self.ca_host}", "ip:127.0.0.1"])
        self.operator = self.ca.issue_locally(
            self.directory / "operator-identity", "operator", "alice", ["email:alice@ops.internal"])

    def start_ca(self):
        self.running(self.ca)

    def start_front(self, **variables):
        self.front = self.running(Front(
            self.directory / "front", self.front_identity, self.ca.proxy_secret, self.ca.port, self.ca_host,
            **variables))

    def start_monitoring(self, agent_port=None):
        self.pushgateway = self.running(Pushgateway(self.directory / "pushgateway"))
        self.prometheus = self.running(Prometheus(
            self.directory / "prometheus", self.pushgateway, self.front, self.hierarchy.root, self.ca_host,
            agent_port))

    def start_service(self, hosts):
        self.service = self.running(Service(self.directory / "service", hosts))

    def start_agent(self, node, profile, **settings):
        """An agent for every host of the service, each enrolled with a token of its own."""
        push = self.pushgateway.url if self.pushgateway else None
        self.agent = Agent(self.programs, self.directory / "agent", node, self.front.url, self.hierarchy.root, push=push,
                           **settings)
        for name, host in self.service.hosts.items():
            token = self.as_operator("enroll", f"{node}.{name}", "--profile", profile, "--name", f"dns:{host}")["token"]
            self.agent.manage(self.service, name, profile, token)
        self.running(self.agent)

    def as_operator(self, *arguments):
        """The `chancery` command with the operator's certificate; its JSON answer."""
        return json.loads(run([
            self.programs.cli, "--server", self.front.url, "--roots", self.hierarchy.root,
            "--certificate", self.operator.certificate, "--key", self.operator.key, *arguments, "--json"]))

    def check_running(self, *processes):
        """Raises, with its last words, if one of `processes` has ended by itself."""
        for process in processes:
            if not process.running():
                raise StackError(f"{process.name} ended by itself. Its last words:\n{process.tail()}")
