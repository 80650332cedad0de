"""The pages that are to be followed by hand are followed: every command of theirs, from top to bottom, as written but for
the ports, the home folder and where the programs were built."""
import os
import re
import signal
import subprocess

import pytest

from stack.ports import free_port, is_listening
from stack.processes import wait_until
from stack.programs import ROOT

PAGES = [ROOT / "README.md", ROOT / "docs" / "operations" / "first-use.md"]
PORTS = ["8080", "8443", "9443"]


def fenced(page, language):
    """The blocks of exactly this info string."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


class Reader:
    """Somebody who copies each block into one shell that ends at the first command that fails."""

    def __init__(self, page, home, programs):
        self.page = page
        self.home = home
        script = "\n".join(fenced(page, "sh"))
        script = script.replace("$PWD/build/release/bin", str(programs.directory))
        self.ports = {port: str(free_port()) for port in PORTS}
        for port, free in self.ports.items():
            script = script.replace(port, free)
        # A person is slower than a shell: what was started in the background listens when the next command is typed.
        wait = f"until (: > /dev/tcp/127.0.0.1/{self.ports['8080']}) 2>/dev/null; do kill -0 $(cat ca.pid); sleep 0.05; done\n"
        self.script = script.replace("echo $! > ca.pid\n", "echo $! > ca.pid\n" + wait)

    def follow(self):
        """Everything that was printed; fails with it."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CHANCERY_")}
        result = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", self.script], cwd=ROOT, text=True, stdin=subprocess.DEVNULL,
                                env={**environment, "HOME": str(self.home), "LC_ALL": "C.UTF-8"},
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240)
        words = result.stdout + "".join(f"\n== {log}\n{log.read_text()}" for log in self.home.rglob("*.log"))
        assert result.returncode == 0, words
        return result.stdout

    def end(self):
        """What a failed page has left running."""
        for file in self.home.rglob("*.pid"):
            try:
                os.kill(int(file.read_text()), signal.SIGTERM)
            except (OSError, ValueError):
                pass


@pytest.fixture(params=PAGES, ids=lambda page: page.stem)
def reader(request, tmp_path, programs):
    reader = Reader(request.param, tmp_path, programs)
    yield reader
    reader.end()


def check_renewal_and_revocation(printed):
    """What the long page promises beyond the first certificate."""
    assert re.search(r"^hello$", printed, re.MULTILINE), printed
    assert len(re.findall(r"^web +ok .* yes$", printed, re.MULTILINE)) == 2, printed
    valid, revoked = (set(re.findall(rf"^(\w+) +web-01 +impatient +{status}", printed, re.MULTILINE))
                      for status in ("valid", "revoked"))
    assert len(valid) == 2 and len(revoked) == 1 and revoked < valid, printed
    assert "the log is whole" in printed


def test_every_command_works_and_nothing_is_left(reader):
    printed = reader.follow()
    assert re.search(r"^status: ok$", printed, re.MULTILINE), printed
    assert "web.service.internal" in printed
    if reader.page.stem == "first-use":
        check_renewal_and_revocation(printed)
    assert not list(reader.home.iterdir()), "the page cleans up behind itself"
    for port in reader.ports.values():
        wait_until(lambda: not is_listening(port), f"nobody on port {port}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_build_is_said_as_it_is(page):
    """Not run here, where everything is built already: the same two commands in both, of presets and sections there are."""
    blocks = fenced(page, "sh build")
    assert len(blocks) == 1 and blocks == fenced(PAGES[0], "sh build")
    assert '"name": "release"' in (ROOT / "CMakePresets.json").read_text()
