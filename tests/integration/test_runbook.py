"""The runbook's commands, as a stranger types them, from top to bottom: they hold every example of policies/ceremonies, in shares and
in a token, and the bundles are one chain that replays. And the five minutes with which the page on ceremonies begins, and the examples
of the manual page.

As written but for the folder in the place of /media, what only root may do on that laptop, and an exception in each script for what no
machine of tests can be. An answers file speaks for the people.
"""
import json
import os
import re
import shutil
import stat
import subprocess
import sys

import pytest

from stack.ceremonies import PIN, SOFTHSM, SoftwareToken, openssl, wait_for_another_second
from stack.examples import EXAMPLES, prepared
from stack.processes import run
from stack.programs import ROOT

RUNBOOK = ROOT / "docs" / "ceremony" / "runbook.md"
AFTERWARDS = "After every ceremony"
SEE_AFTERWARDS = f"{AFTERWARDS}, below"
# What a stranger does as root on a laptop of their own, and a printer.
ELSEWHERE = """\
mount() { test "$1" = -o && test "$2" = umask=077; }
swapoff() { test "$*" = -a; }
ulimit() { test "$#" = 2; }
ip() { test "$*" = link; }
lp() { grep -q 'initials ____'; }
"""
# Commands that need more than a laptop: they are looked up in the program's help.
OTHER_PROGRAMS = ("chancery ", "chancery-ca ")


def sections():
    """{heading: text}"""
    parts = re.split(r"^## (.*)\n", RUNBOOK.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def commands_of(text):
    """Lines of fenced blocks, what stands in code and has a space in it, and where the commands of afterwards belong."""
    found = re.findall(rf"^```\n(.*?)^```$|`([^`\n]+)`|({SEE_AFTERWARDS})", text, re.MULTILINE | re.DOTALL)
    for block, code, see in found:
        yield from [line[2:] for line in block.splitlines()]
        if " " in code:
            yield code
        if see:
            yield see


def table():
    """[(script of shares, script of a token or None, what it makes), ...]"""
    rows = re.findall(r"^\| \d+ \| `(\S+)` \| (\S+) \| `(\S+)` \|", sections()["The life of a root"], re.MULTILINE)
    return [(shares, None if token == "-" else token.strip("`"), makes) for shares, token, makes in rows]


LIFE = [(shares, makes) for shares, _, makes in table()]
LIFE_IN_A_TOKEN = [(token, makes) for _, token, makes in table() if token]


def five_minutes():
    """The commands with which the page on ceremonies begins."""
    page = (RUNBOOK.parent / "README.md").read_text()
    return list(commands_of(re.search(r"^```\n.*?^```$", page, re.MULTILINE | re.DOTALL).group(0)))


def manual_examples():
    page = (ROOT / "docs" / "man" / "chancery-root.1").read_text()
    lines = re.search(r"^\.EX\n(.*?)^\.EE$", page[page.index(".SH EXAMPLES"):], re.MULTILINE | re.DOTALL).group(1)
    printer = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("weasyprint")
    return [line if printer else re.sub(r" --pdf \S+", "", line) for line in lines.replace("\\-", "-").splitlines()]


def make_partner(folder):
    """Another PKI's root, with its request for cross-certification."""
    folder.mkdir()
    openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", folder / "key.pem")
    name = ["-key", folder / "key.pem", "-subj", "/O=Partner/CN=Partner Root", "-sha384"]
    openssl("req", "-x509", "-new", *name, "-days", "3650", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-out", folder / "root.pem")
    openssl("req", "-new", *name, "-out", folder / "root.csr.pem")


class Media:
    """What stands for /media, with the examples in tools, and a chancery-root to whom everybody answers."""

    def __init__(self, directory, programs, changed=lambda text: text, environment=None):
        self.directory = directory
        self.tools, self.out = directory / "tools", directory / "out"
        self.program = programs.root
        self.environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT / "tests" / "support"),
                            "TMPDIR": str(directory / "tmp"), **(environment or {})}
        for folder in (self.tools, self.out, directory / "rehearsal", directory / "tmp"):
            folder.mkdir(mode=0o700)
        for example in EXAMPLES.iterdir():
            (self.tools / example.name).write_text(changed(prepared(example.read_text())))
        answered = self.tools / "chancery-root"
        answered.write_text(f"#!/bin/sh\nexec '{sys.executable}' -B -m stack.examples '{programs.root}' \"$@\"\n")
        answered.chmod(stat.S_IRWXU)

    def type(self, lines):
        """Everything that is printed; a command that fails ends it, and fails the test."""
        script = ELSEWHERE + "set -x\n" + "\n".join(lines).replace("/media/", f"{self.directory}/")
        done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", script], cwd=self.directory, env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=280, check=False)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def replay(self, bundles, status=0):
        done = subprocess.run([self.program, "replay", "--json", "--root", self.out / "root" / "bundle" / "root.pem", "--chain", *bundles],
                              text=True, capture_output=True, check=False)
        assert done.returncode == status, done.stdout + done.stderr
        return json.loads(done.stdout)

    def bundles(self, life, without=None):
        return [self.out / makes / "bundle" for _, makes in life if makes != without]


def stranger():
    """The page's commands in its order; what is to be done after every ceremony, wherever it says so."""
    parts = sections()
    afterwards, made = list(commands_of(parts[AFTERWARDS])), None
    for heading, text in parts.items():
        if heading in (AFTERWARDS, "The life of a root"):
            continue
        for command in commands_of(text):
            if command == SEE_AFTERWARDS:
                yield from (line.replace("DIR", made) for line in afterwards)
            elif not command.startswith(OTHER_PROGRAMS):
                yield command
            if held := re.match(r"chancery-root run .* --output /media/out/(\S+)$", command):
                made = held.group(1)


@pytest.fixture(scope="module")
def life(programs, tmp_path_factory):
    media = Media(tmp_path_factory.mktemp("media"), programs)
    make_partner(media.out / "partner")
    media.printed = media.type(stranger())
    return media


@pytest.fixture(scope="module")
def life_in_a_token(programs, tmp_path_factory):
    directory = tmp_path_factory.mktemp("token")
    token = SoftwareToken(directory / "softhsm", label="Root R1 (UserPIN)")
    media = Media(directory, programs, lambda text: re.sub(r"module: \S+", f"module: {SOFTHSM}", text), token.environment)
    for script, makes in LIFE_IN_A_TOKEN:
        media.type([f"tools/chancery-root run tools/{script} --input /media/out --output /media/out/{makes}"])
        wait_for_another_second()
    return media


@pytest.fixture(params=["shares", "token"])
def lived(request):
    """(media, [(script, what it makes), ...])"""
    if request.param == "shares":
        return request.getfixturevalue("life"), LIFE
    return request.getfixturevalue("life_in_a_token"), LIFE_IN_A_TOKEN


def test_every_example_is_held(life, life_in_a_token):
    held = {script for script, _ in LIFE + LIFE_IN_A_TOKEN} | {"demo-root.yaml", "demo-intermediate.yaml"}  # ./demo holds those
    assert held == {example.name for example in EXAMPLES.iterdir()}
    for media, scripts in ((life, LIFE), (life_in_a_token, LIFE_IN_A_TOKEN)):
        for script, makes in scripts:
            assert (media.out / makes / "bundle" / "script.yaml").read_bytes() == (media.tools / script).read_bytes()


def test_the_bundles_are_one_chain_in_this_order(lived):
    media, scripts = lived
    chain = media.replay(media.bundles(scripts))
    assert chain["passed"] and {check["result"] for check in chain["checks"]} == {"passed"}
    assert [link["bundle"] for link in chain["chain"]] == [str(bundle) for bundle in media.bundles(scripts)]
    assert [link["not_checked"] for link in chain["chain"]] == [1] * len(scripts)  # that people answered


def test_one_left_out_breaks_the_chain(lived):
    """The last alone cannot be missed by those who do not know of it, and says so."""
    media, scripts = lived
    for _, makes in scripts[1:-1]:
        chain = media.replay(media.bundles(scripts, without=makes), status=1)
        assert {check["check"]: check["result"] for check in chain["checks"]}["one beginning"] == "failed", makes
    chain = media.replay(media.bundles(scripts, without="root"))
    assert {check["check"]: check["result"] for check in chain["checks"]}["one beginning"] == "not_checked"


def test_none_is_held_before_the_one_before_it(lived, tmp_path):
    media, scripts = lived
    for (_, before), (script, makes) in zip(scripts, scripts[1:]):
        out = tmp_path / f"without-{before}"
        shutil.copytree(media.out, out, ignore=lambda folder, names, before=before: {before} if folder == str(media.out) else set())
        done = subprocess.run([media.tools / "chancery-root", "rehearse", media.tools / script, "--input", out, "--output", tmp_path / makes],
                              text=True, capture_output=True, env=media.environment, check=False)
        assert done.returncode == 1 and f"{before}/" in done.stderr, done.stderr
        assert not (tmp_path / makes).exists()


def test_the_words_are_kept(life):
    """What the runbook says is there at the end."""
    assert not list((life.out / "recovery-1" / "custody").iterdir())  # the program destroyed what lay there
    assert len(list(life.out.glob("*.html"))) == len(LIFE)
    assert "BEGIN:VCALENDAR" in (life.out / "ceremonies.ics").read_text()
    assert {path.name[:10] for path in life.directory.glob("rehearsal/*/bundle/*")} == {"REHEARSAL-"}
    assert PIN not in life.printed and "the passphrase of" not in life.printed
    revoked = openssl("crl", "-in", life.out / "crl-3" / "bundle" / "root.crl.pem", "-noout", "-text")
    serial = openssl("x509", "-in", life.out / "i1" / "bundle" / "intermediate.pem", "-noout", "-serial").strip().split("=")[1]
    assert f"Serial Number: {serial}" in revoked and "X509v3 CRL Number: \n                3" in revoked


@pytest.mark.parametrize(("commands", "number"), [(five_minutes(), 6), (manual_examples(), 10)], ids=["page", "manual"])
def test_first_commands(programs, tmp_path, commands, number):
    """From a folder of one's own, with relative paths."""
    media = Media(tmp_path, programs)
    shutil.copytree(EXAMPLES, tmp_path / "policies" / "ceremonies")
    assert len(commands) == number
    media.type(["export PATH=/media/tools:$PATH", *commands])
    openssl("verify", "-x509_strict", "-CAfile", tmp_path / "media/root/bundle/root.pem",
            tmp_path / "media/intermediate/bundle/intermediate.pem")
    assert {path.name for path in (tmp_path / "media/intermediate").glob("*/*.pem")} == {
        "intermediate.pem", "chain.pem", "issuer.pem", "intermediate.key.pem"}


def test_commands_of_other_programs_are_known_to_them(programs):
    found = [command for text in sections().values() for command in commands_of(text) if command.startswith(OTHER_PROGRAMS)]
    assert len(found) == 2
    for command in found:
        program, verb, *words = command.split()
        said = run([programs.directory / program, verb, "--help"])
        for word in words:
            assert not word.startswith("--") or f"{word} " in said, command
