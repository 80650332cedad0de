"""The playbooks are well-formed, and Ansible makes of the front's template what the demo and these tests run with."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

from stack.nginx import ROLE, render_front
from stack.programs import ROOT

PLAYBOOKS = sorted((ROOT / "ansible").glob("*.yml"))


def ansible(command, *arguments, home):
    """Runs one of Debian's ansible commands with Debian's Python, whatever else is in PATH."""
    environment = {**os.environ, "HOME": str(home), "ANSIBLE_LOCALHOST_WARNING": "false", "LC_ALL": "C.UTF-8",
                   "ANSIBLE_LOCAL_TEMP": str(home / "local"), "ANSIBLE_REMOTE_TMP": str(home / "remote"),
                   "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
    return subprocess.run(["/usr/bin/python3", f"/usr/bin/{command}", *map(str, arguments)], cwd=ROOT, text=True, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)


def test_there_are_playbooks():
    assert PLAYBOOKS


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.name)
def test_syntax(playbook, tmp_path):
    result = ansible("ansible-playbook", "--syntax-check", "-i", "chancery_front,", playbook, home=tmp_path)
    assert result.returncode == 0, result.stdout


def test_ansible_renders_the_template_as_the_stack_does(tmp_path):
    variables = {"chancery_front_listen": ["127.0.0.1:8443", "[::1]:8443"], "chancery_front_server_names": ["a.test", "b.test"]}
    rendered = tmp_path / "rendered.conf"
    result = ansible(
        "ansible", "localhost", "-c", "local", "-i", "localhost,", "-e", f"ansible_python_interpreter={sys.executable}",
        "-e", f"@{ROLE}/defaults/main.yml", "-e", json.dumps(variables),
        "-m", "ansible.builtin.template", "-a", f"src={ROLE}/templates/chancery-ca.conf.j2 dest={rendered}", home=tmp_path)
    assert result.returncode == 0, result.stdout

    def without_banner(text):
        return [line for line in text.splitlines() if not line.startswith("# ")]

    assert without_banner(pathlib.Path(rendered).read_text()) == without_banner(render_front(variables))


def render_by_hand(*arguments):
    return subprocess.run([ROOT / "ansible" / "render-front", *arguments], text=True, capture_output=True)


def test_the_template_can_be_rendered_by_hand():
    result = render_by_hand("chancery_front_server_names=[a.test]", "chancery_front_upstream=127.0.0.1:8081")
    assert result.returncode == 0, result.stderr
    assert result.stdout == render_front({"chancery_front_server_names": ["a.test"], "chancery_front_upstream": "127.0.0.1:8081"})


@pytest.mark.parametrize("argument,word", [
    ("chancery_front_lissten=[]", "chancery_front_listen"), ("listen", "VARIABLE=VALUE"), ("chancery_front_listen=[", "expected")])
def test_a_wrong_variable_is_refused(argument, word):
    result = render_by_hand(argument)
    assert result.returncode == 2 and word in result.stderr and result.stdout == ""
