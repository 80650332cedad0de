"""Ceremonies whose keys are in a PKCS#11 token: labels, slots, PINs, and what a failure leaves there."""
import hashlib
import os
import pathlib
import re
import subprocess

import pytest

from stack.ceremonies import PIN, House, SoftwareToken, openssl
from stack.processes import run


@pytest.fixture
def token(programs, tmp_path):
    return House(programs.root, tmp_path, SoftwareToken(tmp_path / "softhsm"))


def test_a_failed_ceremony_leaves_no_key_in_the_token(token):
    said = token.refuse("root", token.root(), {"new_key": PIN}, more={"words.certificate": "XX"})
    assert "those are not the initials" in said
    token.hold("root", token.root(), {"new_key": PIN}, "--resume")
    token.hold_intermediate()


def test_the_label_in_use_is_refused(token):
    token.hold_root()
    said = token.refuse("again", token.root(), {"new_key": PIN})
    assert "holds a key labelled \"r1\" already" in said
    token.hold_intermediate()


def test_a_wrong_pin_is_asked_of_the_token_once(token):
    said = token.refuse("root", token.root(), {"new_key": "0000-0000"})
    assert re.search("token Root.*PIN", said)
    token.hold("root", token.root(), {"new_key": PIN}, "--resume")


def slot_of(label, environment):
    """As softhsm2-util shows it: the slot, then the token in it."""
    shown = run(["softhsm2-util", "--show-slots"], env=os.environ | environment)
    for slot, described in re.findall(r"^Slot (\d+)\n(.*?)(?=^Slot|\Z)", shown, re.M | re.S):
        if re.search(rf"Label: +{label} *$", described, re.M):
            return int(slot)
    raise AssertionError(shown)


def test_a_slot_names_the_token(token):
    slot = slot_of("Root", token.custody.environment)
    by_slot = {"module": token.custody.made["token"]["module"], "slot": slot, "key": "r1"}
    token.hold("root", token.root(custody={"token": by_slot}), {"new_key": PIN})
    both = token.intermediate(issuer={"certificate": "root/bundle/root.pem", "custody": {"token": by_slot | {"label": "Root"}}},
                              custody={"token": by_slot | {"key": "i1"}})
    token.hold("i1", both, {"issuer_key": PIN})  # one token, however it is named: one PIN
    run([token.root_program, "replay", token.bundle("i1"), "--previous", token.bundle("root")])


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def test_the_transcript_says_which_token_and_which_code(token):
    """As softhsm2-util and hashlib see them."""
    token.hold_root()
    lines = token.transcript("root")
    [seen] = [line["data"] for line in lines if line["event"] == "token"]
    module = token.custody.made["token"]["module"]
    shown = run(["softhsm2-util", "--show-slots"], env=os.environ | token.custody.environment)
    described = re.search(rf"^Slot {seen['slot']}\n(.*?)(?=^Slot|\Z)", shown, re.M | re.S).group(1)
    for name, field in (("Label", "label"), ("Serial number", "serial"), ("Manufacturer ID", "manufacturer"),
                        ("Model", "model"), ("Firmware version", "firmware"), ("Hardware version", "hardware")):
        assert re.search(rf"^ *{name}: +(.*?) *$", described, re.M).group(1) == seen[field]
    assert seen["module"] == module and seen["module_sha256"] == sha256(module) and seen["denied"] is False
    assert [line["data"]["by"] for line in lines if line["event"] == "secret"] == ["answers"]
    checks = {line["data"]["check"]: line["data"] for line in lines if line["event"] == "preflight"}
    assert checks["token_module"] == {"check": "token_module", "passed": True, "seen": f"{module}: sha256 {sha256(module)}"}
    libraries = dict(entry.split(": sha256 ") for entry in checks["libraries"]["seen"].split("; "))
    assert checks["libraries"]["passed"] and any("libcrypto" in path for path in libraries)
    assert libraries == {path: sha256(path) for path in libraries}
    assert "tokens" in run([token.root_program, "replay", token.bundle("root")])


def test_a_slot_of_another_token_or_of_none_is_refused(token):
    slot = slot_of("Root", token.custody.environment)
    module = token.custody.made["token"]["module"]
    for name, chosen, what in (("label", {"slot": slot, "label": "Roof"}, 'is labelled "Root", not "Roof"'),
                               ("empty", {"slot": slot ^ 1, "label": "Root"}, "no initialised token is in slot"),
                               ("neither", {}, "a token is named by its label, by its slot, or by both")):
        said = token.refuse(name, token.root(custody={"token": {"module": module, "key": "r1"} | chosen}), {"new_key": PIN})
        assert what in said


def test_a_pin_by_descriptor(token):
    """Never in argv: the program is told a number, and finds the PIN behind it."""
    def attempt(name, given, *options):
        command = token.command(name, token.root(), {}, *options)
        reading, writing = os.pipe()
        os.write(writing, given)
        os.close(writing)
        try:
            return subprocess.run([*command, "--secret-fd", f"secret.new_key={reading}"], pass_fds=[reading], text=True,
                                  capture_output=True, env=token.environment(), check=False)
        finally:
            os.close(reading)

    assert "PIN" in attempt("root", b"0000-0000\n").stderr
    assert "gives no secret" in attempt("root", b"", "--resume").stderr
    done = attempt("root", PIN.encode(), "--resume")
    assert done.returncode == 0, done.stderr
    assert PIN not in done.stdout + done.stderr
    assert [line["data"]["by"] for line in token.transcript("root") if line["event"] == "secret"] == ["descriptor"]


def test_two_keys_in_one_token_need_one_pin(token):
    token.hold_root()
    below = token.intermediate(custody={"token": token.custody.made["token"] | {"key": "i1"}})
    token.hold("i1", below, {"issuer_key": PIN})
    openssl("verify", "-CAfile", token.bundle("root") / "root.pem", token.bundle("i1") / "intermediate.pem")
    assert "holds a key labelled \"i1\" already" in token.refuse("i2", below, {"issuer_key": PIN})


def test_a_rehearsal_in_the_token_leaves_the_label_free(token):
    token.hold("play", token.root(), {"new_key": PIN}, "--token", command="rehearse")
    assert "\"REHEARSAL-r1\" already" in token.refuse("again", token.root(), {"new_key": PIN}, "--token",
                                                      command="rehearse")
    token.hold("play-in-memory", token.root(), {}, command="rehearse")
    token.hold_root()


def test_destruction_in_the_token(token):
    token.hold_root()
    token.hold("end", token.destroy(), token.custody.secrets_to_use(), more={"copy.present.1": "DD"})
    run([token.root_program, "replay", token.bundle("end")])
    said = token.refuse("after", token.intermediate(), token.custody.secrets_to_use())
    assert "r1" in said
