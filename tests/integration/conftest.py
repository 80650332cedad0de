"""The site that most tests share: one for each test file."""
import contextlib
import os
import pathlib

import pytest

from stack import pki
from stack.ca import PROFILES
from stack.ledger import Ledger
from stack.programs import ROOT, Programs
from stack.rest import Rest, data
from stack.site import Site

TEST_PROFILES = pathlib.Path(__file__).parent / "profiles"


@pytest.fixture(scope="session")
def programs():
    return Programs(os.environ.get("CHANCERY_BUILD", ROOT / "build" / "dev"))


class Workshop:
    """A site, with what tests do most: keys, requests, certificates."""

    def __init__(self, site):
        self.site = site
        self.directory = site.directory
        self.ledger = Ledger(site.ca.database)
        self.operator = self.client(site.operator)
        self.anybody = self.client()
        self._number = 0

    def client(self, identity=None):
        return Rest(self.site.front, self.site.hierarchy.root, identity)

    def new_folder(self):
        self._number += 1
        folder = self.directory / f"work-{self._number}"
        folder.mkdir()
        return folder

    def host(self):
        """A host name that no other test has."""
        self._number += 1
        return f"host-{self._number}.test.internal"

    def key_and_request(self, *names):
        """(key file, PEM of a request for `names`)."""
        folder = self.new_folder()
        key = pki.make_key(folder / "key.pem")
        return key, pki.make_request(key, folder / "request.pem", names).read_text()

    def request(self, *names):
        return self.key_and_request(*names)[1]

    def enrolled(self, host, profile="service"):
        """(certificate as REST shows it, client that has it)."""
        token = self.operator.enroll(host, [f"dns:{host}"], profile)
        key, csr = self.key_and_request(f"dns:{host}")
        certificate = data(self.anybody.request_certificate(csr, token), 201)
        return certificate, self.client(self.identity(key, certificate))

    def identity(self, key, certificate):
        path = key.parent / f"{certificate['serial']}.pem"
        path.write_text(certificate["certificate"] + certificate["chain"])
        return pki.Identity(path, key)


@contextlib.contextmanager
def built_site(programs, directory, start=True, **front):
    """`front`: variables of its template."""
    with Site(programs, directory, "test.internal") as site:
        site.hold_root_ceremony()
        site.hold_intermediate_ceremony()
        site.make_ca(sorted(PROFILES.glob("*.yaml")) + sorted(TEST_PROFILES.glob("*.yaml")))
        if start:
            site.start_ca()
        site.start_front(**front)
        yield site


@pytest.fixture(scope="module")
def site(programs, tmp_path_factory):
    with built_site(programs, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def workshop(site):
    return Workshop(site)
