"""tests/support/install-packages with a stand-in for Debian's tools: what it asks of apt, and that services stay alone."""
import os
import signal
import subprocess

import pytest

from stack.processes import Process, wait_until
from stack.programs import ROOT

SCRIPT = ROOT / "tests" / "support" / "install-packages"
AS_ROOT = [] if os.geteuid() == 0 else ["unshare", "--map-root-user"]
STAND_INS = {
    "dpkg-query": 'cat "$FAKE/installed"',
    # Does what packages of services do: enables a unit, brings a start script, asks whether it may start it.
    "apt-get": """\
echo "$*" >>"$FAKE/calls"
case " $* " in *" update "*|*" --download-only "*) exit 0 ;; esac
echo "pmstatus:nginx:50.0:Installing nginx" >&7
touch "$FAKE/installing"
"$CHANCERY_INSTALL_ROOT/usr/sbin/policy-rc.d" nginx start; echo $? >"$FAKE/policy-said"
ln -s /lib/new.service "$CHANCERY_INSTALL_ROOT/etc/systemd/system/multi-user.target.wants/new.service"
touch "$CHANCERY_INSTALL_ROOT/etc/init.d/new"
while [ -e "$FAKE/hold" ]; do sleep 0.05; done
if [ -e "$FAKE/fail" ]; then echo "E: the disk is made of cheese" >&2; exit 100; fi
""",
    "update-rc.d": 'echo "$*" >>"$FAKE/switched"',
    "systemctl": "exit 0",
}


class Host:
    def __init__(self, directory):
        self.fake, self.system = directory / "fake", directory / "system"
        self.policy = self.system / "usr/sbin/policy-rc.d"
        self.wants = self.system / "etc/systemd/system/multi-user.target.wants"
        self.log = directory / "log"
        for folder in (self.fake, self.policy.parent, self.wants, self.system / "etc/init.d"):
            folder.mkdir(parents=True)
        (self.wants / "old.service").symlink_to("/lib/old.service")
        (self.system / "etc/init.d/old").touch()
        for name, text in STAND_INS.items():
            path = self.fake / name
            path.write_text(f"#!/bin/bash\n{text}\n")
            path.chmod(0o755)
        self.installed(*self.all_packages("build"), "nginx")

    @staticmethod
    def all_packages(section):
        text = SCRIPT.with_name("packages.txt").read_text().split(f"[{section}]\n")[1].split("\n[")[0]
        return [line.split()[0] for line in text.splitlines() if line.strip()]

    def installed(self, *packages):
        (self.fake / "installed").write_text("".join(f"{package} installed\n" for package in packages))

    @property
    def environment(self):
        return {"FAKE": str(self.fake), "CHANCERY_INSTALL_ROOT": str(self.system), "PATH": f"{self.fake}:{os.environ['PATH']}"}

    def run(self, *sections):
        return subprocess.run([*AS_ROOT, SCRIPT, *sections], env={**os.environ, **self.environment}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def calls(self):
        path = self.fake / "calls"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


def test_nothing_missing_means_no_apt_and_no_word(host):
    result = host.run("build")
    assert (result.returncode, result.stdout, host.calls()) == (0, "", [])


def test_only_what_is_missing_is_installed(host):
    result = host.run("build", "run-demo")
    assert result.returncode == 0, result.stdout
    install = host.calls()[-1]
    asked = {word for word in install.split() if word in host.all_packages("build") + host.all_packages("run-demo")}
    assert asked == set(host.all_packages("run-demo")) - {"nginx"}
    for option in ("--no-install-recommends", "--no-remove", "--no-upgrade"):
        assert option in install.split()


def test_no_service_may_start_and_the_rule_is_gone_afterwards(host):
    host.run("run-demo")
    assert (host.fake / "policy-said").read_text() == "101\n"
    assert not host.policy.exists()


def test_a_rule_of_the_host_is_put_back(host):
    host.policy.write_text("#!/bin/sh\nexit 0\n")
    host.policy.chmod(0o750)
    host.run("run-demo")
    assert (host.fake / "policy-said").read_text() == "101\n"
    assert host.policy.read_text() == "#!/bin/sh\nexit 0\n" and host.policy.stat().st_mode & 0o777 == 0o750
    assert [path.name for path in host.policy.parent.iterdir()] == ["policy-rc.d"]


def test_new_services_do_not_start_at_boot_and_old_ones_still_do(host):
    host.run("run-demo")
    assert [path.name for path in host.wants.iterdir()] == ["old.service"]
    assert (host.fake / "switched").read_text() == "new disable\n"


def test_a_failure_shows_apt_s_words_and_tidies_up(host):
    (host.fake / "fail").touch()
    result = host.run("run-demo")
    assert result.returncode == 1 and "made of cheese" in result.stdout
    assert not host.policy.exists() and [path.name for path in host.wants.iterdir()] == ["old.service"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_an_interruption_lets_dpkg_finish_and_tidies_up(host, number):
    host.policy.write_text("of the host\n")
    (host.fake / "hold").touch()
    process = Process("install-packages", [*AS_ROOT, SCRIPT, "run-demo"], host.log, host.environment).start()
    process.wait_ready((host.fake / "installing").exists, "installing")
    process.signal(number)
    (host.fake / "hold").unlink()
    assert process.wait() == 128 + number
    assert (host.fake / "policy-said").exists() and host.policy.read_text() == "of the host\n"


def test_what_a_killed_run_left_is_mended_by_the_next(host):
    host.policy.write_text("of the host\n")
    (host.fake / "hold").touch()
    process = Process("install-packages", [*AS_ROOT, SCRIPT, "run-demo"], host.log, host.environment).start()
    wait_until((host.fake / "policy-said").exists, "the installation to be under way")
    process.kill()
    (host.fake / "hold").unlink()
    assert host.policy.read_text() != "of the host\n"
    host.run("run-demo")
    assert host.policy.read_text() == "of the host\n"


def test_every_package_has_a_reason():
    for line in SCRIPT.with_name("packages.txt").read_text().splitlines():
        assert not line.strip() or line[0] in "#[" or len(line.split("#", 1)[1].split()) >= 1, line
