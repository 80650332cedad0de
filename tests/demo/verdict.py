"""The end: what was proven, as a table, and whether all of it holds."""
import time

from rich.table import Table

from scene import PROFILE
from stack.monitoring import EXPIRY_QUERY
from stack.processes import StackError, run
from story import RENEWALS_WANTED

PROMETHEUS_MAY_LAG = 5.0  # seconds: one push, one scrape and one query, each once a second
SETTLING = 10.0  # seconds that a certificate just issued may take to be served and scraped


def accepted_by(scene, name):
    """(tool, did it accept the chain that is served for site `name`, its words) by four implementations."""
    folder = scene.service.directory(name) / "current"
    work = scene.directory / f"chain-{name}"
    work.mkdir(exist_ok=True)
    whole = work / "whole.pem"
    served = (folder / "certificate.pem").read_text()
    leaf, rest = served.split("-----END CERTIFICATE-----\n", 1)
    (work / "leaf.pem").write_text(leaf + "-----END CERTIFICATE-----\n")
    (work / "chain.pem").write_text(rest)
    whole.write_text(served + scene.hierarchy.root.read_text())
    root, host, port = scene.hierarchy.root, scene.service.hosts[name], scene.service.port
    commands = {
        "openssl verify": ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", host,
                           "-CAfile", root, "-untrusted", work / "chain.pem", work / "leaf.pem"],
        "certtool --verify-chain": ["certtool", "--verify-chain", "--infile", whole],
        "botan cert_verify": ["botan", "cert_verify", work / "leaf.pem", work / "chain.pem", root],
        "curl": ["curl", "--silent", "--show-error", "--fail", "--cacert", root, "--resolve", f"{host}:{port}:127.0.0.1",
                 f"https://{host}:{port}/"],
    }
    results = []
    for tool, command in commands.items():
        try:
            results.append((tool, True, run(command).strip()))
        except StackError as error:
            results.append((tool, False, str(error)))
    # botan's exit status is 0 either way; its words decide.
    return [(tool, passed and (not tool.startswith("botan") or "passes validation" in words), words)
            for tool, passed, words in results]


def issued_serials(scene, host):
    rows = scene.as_operator("list", "--name", f"dns:{host}", "--profile", PROFILE, "--limit", "1000")
    return {row["serial"] for row in rows["certificates"]}


def _settled(condition):
    deadline = time.monotonic() + SETTLING
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def _prometheus_knows(track):
    """Does the expiry query answer with the certificate that is on the wire now, not with an earlier one?"""
    left = track.current.not_after - time.time()
    return track.prometheus_left is not None and abs(track.prometheus_left - left) < PROMETHEUS_MAY_LAG


def judge(scene, story):
    """[(what, passed, remark)]: everything that --once promises."""
    rows = []
    for track in story.tracks:
        def unseen(track=track):
            with story.lock:
                seen = {serial.serial for serial in track.serials}
            return issued_serials(scene, track.host) ^ seen

        complete = _settled(lambda: not unseen())
        rows.append((f"{track.host}: at least {RENEWALS_WANTED} renewals", track.renewals >= RENEWALS_WANTED,
                     f"{track.renewals} renewals"))
        rows.append((f"{track.host}: every certificate issued was seen on the wire", complete,
                     f"{len(track.serials)} serials" if complete else "not seen: " + ", ".join(sorted(unseen()))))
        rows.append((f"{track.host}: no handshake failed", track.failures == 0 and track.handshakes > 0,
                     f"{track.handshakes} handshakes, {track.failures} failed" +
                     (f"; the last: {track.last_failure}" if track.failures else "")))
        answered = _settled(lambda track=track: _prometheus_knows(track))
        told = "no answer" if track.prometheus_left is None else f"{track.prometheus_left:.0f} days left"
        rows.append((f"{track.host}: Prometheus answers {EXPIRY_QUERY}", answered, told))
    for track in story.tracks:
        for tool, passed, words in accepted_by(scene, track.name):
            rows.append((f"{track.host}: {tool} accepts the chain", passed, "" if passed else words))
    return rows


def table(rows):
    result = Table(title="What the demo has shown", title_justify="left", title_style="bold", show_lines=False)
    result.add_column("")
    result.add_column("checked", overflow="fold")
    result.add_column("result", overflow="fold")
    for what, passed, remark in rows:
        result.add_row("[green]ok[/]" if passed else "[bold red]FAILED[/]", what, remark)
    return result
