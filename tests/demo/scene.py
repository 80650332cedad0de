"""The demo's site, as steps with captions."""
import signal

from stack.ca import DEMO_PROFILES, PROFILES
from stack.site import Site

HOSTS = {"web": "web.demo.internal", "api": "api.demo.internal"}
PROFILE = "time-lapse"
NODE = "demo-01"


class Scene(Site):
    """Everything that runs; leaving the context stops it."""

    def __init__(self, programs, directory):
        super().__init__(programs, directory, "demo.internal")

    def __exit__(self, *failure):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second Ctrl-C must not leave anything running
        return super().__exit__(*failure)

    def steps(self):
        """(what happens, callable) in order; the callable returns a remark for people, or nothing."""
        return [
            ("Root ceremony, from an answers file: a P-384 root of ten years", self.hold_root_ceremony),
            ("Intermediate ceremony: a P-256 intermediate of five years, pathLen 0", self.hold_intermediate_ceremony),
            ("chancery-ca: certificates for its front and its first operator, then serving", self._ca),
            ("nginx in front of chancery-ca", self._front),
            ("Debian's Pushgateway and Prometheus", self._monitoring),
            ("A TLS service, an nginx of its own, without certificates yet", self._service),
            ("chancery-agent, with an enrolment token for each of two certificates", self._agent),
        ]

    def _ca(self):
        self.make_ca([PROFILES / "front.yaml", PROFILES / "operator.yaml", DEMO_PROFILES / "time-lapse.yaml"])
        self.start_ca()
        return f"127.0.0.1:{self.ca.port}"

    def _front(self):
        self.start_front()
        return self.front.url

    def _monitoring(self):
        self.start_monitoring()
        return f"{self.pushgateway.url}, {self.prometheus.url}"

    def _service(self):
        self.start_service(HOSTS)
        return f"127.0.0.1:{self.service.port}"

    def _agent(self):
        self.start_agent(NODE, PROFILE)

    def still_running(self):
        self.check_running(self.ca.process, self.front.nginx.process, self.pushgateway.process, self.prometheus.process,
                           self.service.nginx.process, self.agent.process)
