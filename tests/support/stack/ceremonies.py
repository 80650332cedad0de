"""A house that holds ceremonies of every kind: scripts, people, answers and custody of its own."""
import datetime
import json
import os
import pathlib
import re
import subprocess
import time

from .pki import write_private
from .processes import run, wait_until


def passphrase(officer):
    return f"the passphrase of {officer}"


SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
TOKEN, PIN = "Root", "1234-abcd"
OFFICERS = ["Flo Ford", "Gil Gray", "Hal Hill"]
PEOPLE = {
    "administrator": "Ada Adams", "internal_witness": "Bob Brown", "external_witness": "Cy Clark",
    "safe_controllers": ["Dan Doe", "Eve Eden"], "crypto_officers": OFFICERS,
}
PASSPHRASES = {name: passphrase(name) for name in OFFICERS + ["Ida Ince"]}
ONLINE_PASSPHRASE = "the passphrase of the online key"
TIME = "%Y-%m-%dT%H:%M:%SZ"


def as_yaml(script):
    """JSON is YAML; but durations and times are plain words there, not strings."""
    return re.sub(r'"(\d+[dhms]|\d{4}-\d\d-\d\dT[^"]*Z)"', r"\1", json.dumps(script, indent=1))


def initials(name):
    return "".join(word[0] for word in name.split())


def a_day_before(time):
    return (datetime.datetime.strptime(time, TIME) - datetime.timedelta(days=1)).strftime(TIME)


def answers(script, secrets):
    """What everybody in `script` says; their clocks agree with this machine's."""
    roles, kind = script["roles"], script["ceremony"]
    now = datetime.datetime.now(datetime.timezone.utc).strftime(TIME)
    said = {f"role.{role}": initials(roles[role])
            for role in ("administrator", "internal_witness", "external_witness")}
    for role in ("safe_controller", "crypto_officer"):
        said |= {f"role.{role}.{number}": initials(name) for number, name in enumerate(roles[f"{role}s"], 1)}
    witness = initials(roles["internal_witness"])
    said |= {"clock.first": now, "clock.second": now, "words.script": witness}
    if "bundle" in script.get("previous", {}) and "transcript" not in script["previous"]:
        said["words.previous"] = witness
    if kind in ("root", "intermediate", "cross-certificate"):
        said["words.certificate"] = witness
    if kind == "crl":
        said["words.crl"] = witness
        if any(entry["at"] < a_day_before(now) for entry in script["crl"].get("revoke", [])):
            said["lint.warnings"] = witness  # crl.prompt_reissue
    if kind == "cross-csr":
        said["words.request"] = witness
    if kind != "recover" or "reshare" in script:
        said["point_of_no_return"] = "proceed"
    if kind == "intermediate":
        said["point_of_no_return.signing"] = "proceed"
    return said | {f"secret.{key}": text for key, text in secrets.items()}


class SharesOfThree:
    """The root's key in 2 of 3 shares."""
    name = "shares"
    made = {"shares": {"threshold": 2, "officers": 3}}
    used = {"shares": {"threshold": 2, "officers": 3,
                       "files": ["root/custody/root.1.share", "root/custody/root.3.share"]}}
    copies = [{"form": "share", "where": f"root/custody/root.{number}.share", "holder": OFFICERS[number - 1]}
              for number in (1, 2, 3)]
    environment = {}

    @staticmethod
    def secrets_to_make(officers=None):
        """Answers by which `officers` get their shares, and two others restore the key."""
        officers = officers or OFFICERS
        new = {f"new_key.{number}": PASSPHRASES[name] for number, name in enumerate(officers, 1)}
        return new | {f"new_key.restore.{number}": PASSPHRASES[officers[number - 1]] for number in (2, 3)}

    @staticmethod
    def secrets_to_use():
        return {"issuer_key.1": PASSPHRASES[OFFICERS[0]], "issuer_key.2": PASSPHRASES[OFFICERS[2]]}


class SoftwareToken:
    """The root's key in a token of SoftHSM2, which is made here."""
    name = "token"
    made = used = {"token": {"module": SOFTHSM, "label": TOKEN, "key": "r1"}}
    copies = [{"form": "token", "where": TOKEN, "holder": "Dan Doe"}]

    def __init__(self, directory, label=TOKEN):
        (directory / "tokens").mkdir(parents=True)
        configuration = directory / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {directory}/tokens\nobjectstore.backend = file\n")
        self.environment = {"SOFTHSM2_CONF": str(configuration)}
        run(["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", PIN],
            env=os.environ | self.environment)

    @staticmethod
    def secrets_to_make():
        return {"new_key": PIN}

    @staticmethod
    def secrets_to_use():
        return {"issuer_key": PIN}


class House:
    """Ceremonies in one folder: each is a name, whose script, answers and output stand there."""

    def __init__(self, root_program, directory, custody):
        self.root_program = root_program
        self.directory = pathlib.Path(directory)
        self.custody = custody

    def bundle(self, name):
        return self.directory / name / "bundle"

    def script(self, kind, roles=None, **parts):
        checks = ["interfaces", "routes", "swap", "memory_lock"]
        script = {"ceremony": kind, "title": f"Test of {kind}", "roles": PEOPLE | (roles or {}),
                  "preflight": {"exceptions": [{"check": check, "reason": "a test"} for check in checks]}}
        if kind != "root":
            script["previous"] = {"bundle": "root/bundle"}
        return script | parts

    def root(self, **changes):
        return self.script("root", **{
            "subject": {"organization": "Test", "common_name": "Test Root R1"}, "key": "P-384",
            "validity": {"lifetime": "3650d"}, "custody": self.custody.made,
            "outputs": {"certificate": "root.pem"}} | changes)

    def authority(self):
        return {"certificate": "root/bundle/root.pem", "custody": self.custody.used}

    def intermediate(self, **changes):
        return self.script("intermediate", **{
            "subject": {"organization": "Test", "common_name": "Test Issuing CA I1"}, "key": "P-256",
            "validity": {"lifetime": "1826d"}, "issuer": self.authority(), "custody": {"file": "intermediate.key.pem"},
            "path_length": 0, "crl_distribution_points": ["http://pki.test/root.crl"],
            "ca_issuers": ["http://pki.test/root.pem"],
            "outputs": {"certificate": "intermediate.pem", "chain": "chain.pem"}} | changes)

    def crl(self, number, previous=None, revoke=()):
        before = {"previous": previous} if previous else {"first": True}
        last = os.path.dirname(previous) if previous else "root/bundle"
        return self.script("crl", previous={"bundle": last}, issuer=self.authority(), outputs={"crl": "root.crl.pem"}, crl=before | {
            "number": number, "next_update": "180d", "revoke": list(revoke)})

    def cross_csr(self):
        return self.script("cross-csr", authority=self.authority(), outputs={"request": "root.csr.pem"})

    def cross_certificate(self, **changes):
        return self.script("cross-certificate", **{
            "issuer": self.authority(), "target": {"certificate": "partner.pem", "request": "partner.csr.pem"},
            "validity": {"lifetime": "1826d"}, "path_length": 1, "extended_key_usage": ["serverAuth", "clientAuth"],
            "crl_distribution_points": ["http://pki.test/root.crl"], "ca_issuers": ["http://pki.test/root.pem"],
            "name_constraints": {"permitted": ["dns:partner.example"]},
            "serial_nonce": "8f1c0d5be2a74963b05f7e21c4d89a36",
            "outputs": {"certificate": "cross.pem", "chain": "chain.pem"}} | changes)

    def recover(self, roles=None, **changes):
        return self.script("recover", roles, authority=self.authority(), **changes)

    def destroy(self, **changes):
        return self.script("destroy", **{"authority": self.authority(), "reason": "the test is over",
                                         "copies": self.custody.copies} | changes)

    def command(self, name, script, secrets, *options, command="run", more=None):
        """The command line of a ceremony, its script and answers written down."""
        script_file, answers_file = self.directory / f"{name}.yaml", self.directory / f"{name}.answers.yaml"
        script_file.write_text(as_yaml(script))
        answers_file.unlink(missing_ok=True)
        write_private(answers_file, json.dumps(answers(script, secrets) | (more or {})))
        return [str(part) for part in (self.root_program, command, script_file, "--input", self.directory, "--output",
                                       self.directory / name, "--answers", answers_file, *options)]

    def environment(self):
        return os.environ | self.custody.environment

    def attempt(self, name, script, secrets, *options, **how):
        """The finished process, whatever came out."""
        return subprocess.run(self.command(name, script, secrets, *options, **how), text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, env=self.environment(), check=False)

    def hold(self, name, script, secrets, *options, **how):
        """Standard output of a ceremony that must succeed."""
        return run(self.command(name, script, secrets, *options, **how), env=self.environment())

    def refuse(self, name, script, secrets, *options, **how):
        """What a ceremony says that must fail; then there is no output."""
        done = self.attempt(name, script, secrets, *options, **how)
        assert done.returncode == 1, done.stdout + done.stderr
        assert not (self.directory / name).exists()
        return done.stderr

    def hold_root(self):
        self.hold("root", self.root(), self.custody.secrets_to_make())

    def hold_intermediate(self, name="i1"):
        self.hold(name, self.intermediate(), self.custody.secrets_to_use() | {"new_key": ONLINE_PASSPHRASE})

    def transcript(self, name, folder="bundle", prefix=""):
        lines = (self.directory / name / folder / f"{prefix}transcript.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def announcements(self, name):
        """What was said before each point of no return."""
        return [line["data"]["what"] for line in self.transcript(name) if line["event"] == "point_of_no_return"]


def wait_for_another_second():
    """No two lists may be of the same one."""
    held = int(time.time())
    wait_until(lambda: int(time.time()) > held, "another second")


def openssl(*arguments):
    return run(["openssl", *arguments])
