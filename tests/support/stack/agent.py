"""chancery-agent with its configuration."""
import pathlib

import yaml

from .pki import write_private
from .processes import Process


class Agent:
    """One chancery-agent under `directory`, for the sites of a stack.nginx.Service."""

    def __init__(self, programs, directory, node, server_url, roots, check_interval="1s", push=None, metrics_port=None):
        self.programs = programs
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(mode=0o700)
        self.configuration = self.directory / "agent.yaml"
        self.settings = {
            "node": node,
            "server": {"url": server_url, "roots": str(roots)},
            "state_directory": str(self.directory / "state"),
            "check_interval": check_interval,
            "certificates": []}
        if push:
            self.settings["push"] = {"url": push, "interval": "1s"}
        if metrics_port:
            self.settings["metrics"] = {"address": "127.0.0.1", "port": metrics_port}
        self.process = Process("chancery-agent", self.command("run"), self.directory / "agent.log")

    def command(self, verb, *arguments):
        return [self.programs.agent, verb, "--config", self.configuration, *arguments]

    def manage(self, service, name, profile, token):
        """Adds the certificate of site `name` of `service`; `token` is its enrolment token."""
        token_file = write_private(self.directory / f"{name}.token", token + "\n")
        self.settings["certificates"].append({
            "name": name,
            "profile": profile,
            "names": [f"dns:{service.hosts[name]}"],
            "key": "P-256",
            "enrollment_token_file": str(token_file),
            "directory": str(service.directory(name)),
            "reload": [str(service.reload_command)],
            "verify": {"address": "127.0.0.1", "port": service.port, "server_name": service.hosts[name]}})

    def start(self):
        self.configuration.write_text(yaml.safe_dump(self.settings, sort_keys=False))
        self.process.start()
        return self

    def stop(self):
        return self.process.stop()
