"""chancery-ca with its configuration, database and local issuing."""
import pathlib
import secrets
import shutil

import yaml

from .pki import Identity, make_key, make_request, write_private
from .ports import free_port, is_listening
from .processes import Process, run
from .programs import ROOT

PROFILES = ROOT / "policies" / "profiles"
DEMO_PROFILES = ROOT / "policies" / "profiles-demo"


class Ca:
    """One chancery-ca under `directory`. It may be stopped and started again."""

    def __init__(self, programs, directory, hierarchy, profiles, **settings):
        self.programs = programs
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(mode=0o700)
        self.port = free_port()
        self.proxy_secret = secrets.token_urlsafe(32)
        secret_file = write_private(self.directory / "proxy-secret", self.proxy_secret + "\n")
        self.policies = self.directory / "policies"
        self.policies.mkdir()
        for profile in profiles:
            shutil.copy(profile, self.policies)
        self.database = self.directory / "chancery.db"
        self.settings = {
            "listen": {"address": "127.0.0.1", "port": self.port, "threads": 64},
            "proxy_secret_file": str(secret_file),
            "database": str(self.database),
            "policies": str(self.policies),
            "issuer": {"certificate": str(hierarchy.intermediate), "key": str(hierarchy.intermediate_key),
                       "passphrase_file": str(hierarchy.issuer_passphrase), "cross_check": "always"},
            "roots": str(hierarchy.root),
            "log": {"level": "info"},
            **settings}
        self.configuration = self.directory / "chancery-ca.yaml"
        self.configure()
        self.log = self.directory / "chancery-ca.log"
        self.process = None

    def configure(self, **changes):
        """Writes the configuration, with `changes` to its top-level keys."""
        self.settings.update(changes)
        self.configuration.write_text(yaml.safe_dump(self.settings, sort_keys=False))

    def start(self, program=None, environment=None):
        """Starts `program` (chancery-ca) and waits until it listens."""
        self.launch(program, environment)
        self.process.wait_ready(lambda: is_listening(self.port), f"listening on port {self.port}")
        return self

    def launch(self, program=None, environment=None):
        """Starts it without waiting, for a start that is to fail."""
        command = [program or self.programs.ca, "serve", "--config", self.configuration]
        self.process = Process("chancery-ca", command, self.log, environment).start()
        return self.process

    def stop(self):
        return self.process.stop() if self.process else None

    def issue_locally(self, directory, profile, identity, names):
        """A certificate by the local command, for who must have one before the service runs."""
        directory.mkdir(mode=0o700)
        key = make_key(directory / "key.pem")
        request = make_request(key, directory / "request.pem", names)
        certificate = directory / "certificate.pem"
        run([self.programs.ca, "issue", "--config", self.configuration, "--profile", profile, "--identity", identity,
             "--csr", request, "--out", certificate])
        return Identity(certificate, key)

    def verify_audit(self):
        """What audit verify prints; raises if the log does not hold."""
        return run([self.programs.ca, "audit", "verify", "--config", self.configuration])

    def reconcile_audit(self):
        """What audit reconcile prints; raises if records, log and counter do not agree."""
        return run([self.programs.ca, "audit", "reconcile", "--config", self.configuration])
