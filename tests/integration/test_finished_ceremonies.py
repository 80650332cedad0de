"""Bundles of real ceremonies: replayed, printed and put into the calendar; what openssl, promtool and a plain reading say of it."""
import hashlib
import html.parser
import json
import re
import subprocess
import time

import pytest

from stack.ceremonies import House, SharesOfThree, wait_for_another_second
from stack.processes import run

KINDS = ["root", "i1", "crl-1", "crl-2"]


@pytest.fixture(scope="module")
def house(programs, tmp_path_factory):
    house = House(programs.root, tmp_path_factory.mktemp("house"), SharesOfThree())
    house.hold_root()
    house.hold_intermediate()
    house.hold("crl-1", house.crl(1), house.custody.secrets_to_use())
    wait_for_another_second()
    revoke = {"certificate": "i1/bundle/intermediate.pem", "reason": "superseded", "at": "2026-01-01T00:00:00Z"}
    house.hold("crl-2", house.crl(2, "crl-1/bundle/root.crl.pem", [revoke]), house.custody.secrets_to_use())
    return house


def root_program(house, *arguments):
    return run([house.root_program, *map(str, arguments)])


@pytest.mark.parametrize("name", KINDS)
def test_replays_whole(house, name):
    said = json.loads(root_program(house, "replay", house.bundle(name), "--root", house.bundle("root") / "root.pem", "--json"))
    assert said["passed"] and len(said["checks"]) > 20


@pytest.mark.parametrize("name", KINDS)
def test_openssl_verifies_what_replay_verifies(house, name, tmp_path):
    """The signature over the head, as docs/reference/transcript.md tells it."""
    bundle = house.bundle(name)
    last = (bundle / "transcript.jsonl").read_bytes().splitlines(keepends=True)[-1]
    (tmp_path / "head.txt").write_text(f"chancery-transcript-v1:{hashlib.sha256(last).hexdigest()}\n")
    signer = bundle / ("root.pem" if name == "root" else "issuer.pem")
    (tmp_path / "root.pub").write_text(run(["openssl", "x509", "-in", signer, "-noout", "-pubkey"]))
    run(["openssl", "base64", "-d", "-in", bundle / "transcript.sig", "-out", tmp_path / "head.sig"])
    run(["openssl", "dgst", "-sha384", "-verify", tmp_path / "root.pub", "-signature", tmp_path / "head.sig",
         tmp_path / "head.txt"])


@pytest.mark.parametrize("name", KINDS)
def test_the_hash_chain_by_hand(house, name):
    bundle = house.bundle(name)
    above = hashlib.sha256((bundle / "script.yaml").read_bytes()).hexdigest()
    for line in (bundle / "transcript.jsonl").read_bytes().splitlines(keepends=True):
        assert json.loads(line)["prev"] == above
        above = hashlib.sha256(line).hexdigest()
    head = json.loads(root_program(house, "replay", bundle, "--json"))["transcript_head"]
    assert head == above


def test_every_file_counts(house, tmp_path):
    for file in sorted(house.bundle("crl-2").iterdir()):
        damaged = tmp_path / file.name
        damaged.mkdir()
        for other in house.bundle("crl-2").iterdir():
            (damaged / other.name).write_bytes(other.read_bytes())
        octets = bytearray(file.read_bytes())
        octets[len(octets) // 3] ^= 4
        (damaged / file.name).write_bytes(octets)
        done = subprocess.run([house.root_program, "replay", damaged], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert re.search(f"FAILED .*{re.escape(file.name)}", done.stdout), done.stdout


def test_promtool_accepts_the_metrics(house, tmp_path):
    metrics = tmp_path / "ceremonies.prom"
    root_program(house, "calendar", *[house.bundle(name) for name in KINDS], "--prometheus", metrics)
    text = metrics.read_text()
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    ends = dict(re.findall(r'not_after_timestamp_seconds\{.*kind="(\w+)".*\} (\d+)', text))
    for kind, file in (("root", house.bundle("root") / "root.pem"), ("intermediate", house.bundle("i1") / "intermediate.pem")):
        said = run(["openssl", "x509", "-in", file, "-noout", "-enddate", "-dateopt", "iso_8601"]).strip()
        assert time.strftime("notAfter=%Y-%m-%d %H:%M:%SZ", time.gmtime(int(ends[kind]))) == said
    assert text.count("next_update_timestamp_seconds{") == 1  # the newer list alone


def unfolded(octets):
    assert octets.endswith(b"\r\n") and b"\n" not in octets.replace(b"\r\n", b"")
    assert max(len(line) for line in octets.split(b"\r\n")) <= 75
    return octets.decode().replace("\r\n ", "").split("\r\n")[:-1]


def test_the_calendar_reads_as_rfc_5545_says(house, tmp_path):
    calendar = tmp_path / "ceremonies.ics"
    root_program(house, "calendar", *[house.bundle(name) for name in KINDS], "--output", calendar)
    lines = unfolded(calendar.read_bytes())
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    assert "VERSION:2.0" in lines and any(line.startswith("PRODID:") for line in lines)
    events = "\n".join(lines).split("BEGIN:VEVENT\n")[1:]
    for event in events:
        main = re.sub(r"BEGIN:VALARM.*?END:VALARM\n", "", event, flags=re.S)
        assert all(len(re.findall(f"^{name}:", main, re.M)) == 1 for name in ("UID", "DTSTAMP", "DTSTART", "SUMMARY"))
        for alarm in re.findall(r"BEGIN:VALARM\n(.*?)END:VALARM", event, re.S):
            assert re.search(r"^ACTION:DISPLAY$", alarm, re.M) and re.search(r"^TRIGGER:-P\d+D$", alarm, re.M)
        assert "BEGIN:VALARM" in event
    uids = re.findall(r"^UID:(.*)$", "\n".join(lines), re.M)
    assert len(uids) == len(set(uids)) == 4  # CRL, that I1 is revoked, end of the root, the shares


class Nesting(html.parser.HTMLParser):
    """Every element that is opened is closed, and nothing is loaded."""

    def __init__(self):
        super().__init__()
        self.open, self.text = [], []

    def handle_starttag(self, tag, attributes):
        assert tag not in ("script", "link", "img", "iframe", "object")
        assert not {name for name, _ in attributes} & {"src", "href", "style", "onload"}
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.parametrize("name", KINDS)
def test_the_report_is_whole(house, name):
    page = Nesting()
    page.feed(root_program(house, "report", house.bundle(name)))
    page.close()
    text = "".join(page.text)
    assert page.open == []
    for file in house.bundle(name).glob("*.pem"):
        if file.name != "chain.pem":
            assert file.read_text().strip() in text
    assert "Replayed from the public bundle" in text and "Hal Hill" in text
