"""A rehearsed root ceremony, an intermediate, and keys with certificate requests made by the openssl command."""
import dataclasses
import datetime
import json
import os
import pathlib
import secrets

from .processes import run
from .programs import ROOT

CEREMONIES = ROOT / "policies" / "ceremonies"


def write_private(path, text):
    """A new file that only its owner may read, from its first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    return pathlib.Path(path)


@dataclasses.dataclass
class Hierarchy:
    """What the ceremonies leave: the root's shares lie together only because this is a demo."""
    directory: pathlib.Path

    @property
    def root_bundle(self):
        return self.directory / "root" / "bundle"

    @property
    def bundle(self):
        return self.directory / "intermediate" / "bundle"

    @property
    def root(self):
        return self.root_bundle / "root.pem"

    @property
    def intermediate(self):
        return self.bundle / "intermediate.pem"

    @property
    def intermediate_key(self):
        return self.directory / "intermediate" / "custody" / "intermediate.key.pem"

    def officer_passphrase(self, officer):
        """Of the root's share that crypto officer 1, 2 or 3 keeps."""
        return self.directory / f"officer-{officer}.passphrase"

    @property
    def issuer_passphrase(self):
        return self.directory / "issuer.passphrase"


def answer_everything(path, secrets_by_id, more=None):
    """{"new_key.1": passphrase file, ...}, and what only this kind asks. Answers for the people of the demo's scripts. Their clocks agree with this machine's."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    answers = {
        "role.administrator": "AD", "role.internal_witness": "BD", "role.external_witness": "CD",
        "role.safe_controller.1": "DD", "role.crypto_officer.1": "ED", "role.crypto_officer.2": "FD",
        "role.crypto_officer.3": "GD", "clock.first": now, "clock.second": now, "words.script": "BD", "words.certificate": "BD",
        "point_of_no_return": "proceed", **(more or {}),
    }
    answers.update({f"secret.{key}.file": str(file) for key, file in secrets_by_id.items()})
    return write_private(path, "".join(f"{key}: {json.dumps(answer)}\n" for key, answer in answers.items()))


def hold_root_ceremony(programs, directory):
    """Runs the demo's root ceremony."""
    directory.mkdir(mode=0o700)
    hierarchy = Hierarchy(directory)
    officers = {number: write_private(hierarchy.officer_passphrase(number), secrets.token_urlsafe(24) + "\n")
                for number in (1, 2, 3)}
    write_private(hierarchy.issuer_passphrase, secrets.token_urlsafe(24) + "\n")
    new = {f"new_key.{number}": file for number, file in officers.items()}
    restored = {f"new_key.restore.{number}": officers[number] for number in (2, 3)}
    answers = answer_everything(directory / "root.answers.yaml", new | restored)
    run([programs.root, "run", CEREMONIES / "demo-root.yaml", "--output", directory / "root", "--answers", answers])
    return hierarchy


def hold_intermediate_ceremony(programs, hierarchy):
    directory = hierarchy.directory
    answers = answer_everything(directory / "intermediate.answers.yaml", {
        "new_key": hierarchy.issuer_passphrase, "issuer_key.1": hierarchy.officer_passphrase(1),
        "issuer_key.2": hierarchy.officer_passphrase(3)}, {"words.previous": "BD", "point_of_no_return.signing": "proceed"})
    run([programs.root, "run", CEREMONIES / "demo-intermediate.yaml", "--input", directory,
         "--output", directory / "intermediate", "--answers", answers])


def make_key(path):
    """A P-256 key in PKCS#8, mode 0600, without a passphrase."""
    run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path], umask=0o077)
    return pathlib.Path(path)


def subject_alternative_name(names):
    """["dns:web.example", "ip:127.0.0.1"] as openssl's -addext wants it."""
    kinds = {"dns": "DNS", "ip": "IP", "uri": "URI", "email": "email"}
    pairs = [name.split(":", 1) for name in names]
    return "subjectAltName=" + ",".join(f"{kinds[kind]}:{value}" for kind, value in pairs)


def make_request(key, path, names, subject="/"):
    """A PKCS#10 request for `names`, signed by `key`."""
    run(["openssl", "req", "-new", "-key", key, "-subj", subject, "-addext", subject_alternative_name(names),
         "-out", path])
    return pathlib.Path(path)


@dataclasses.dataclass
class Identity:
    """A certificate with its key, as files: what a TLS client or server is configured with."""
    certificate: pathlib.Path
    key: pathlib.Path

    @property
    def pair(self):
        return str(self.certificate), str(self.key)
