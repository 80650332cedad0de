"""The end: what was proven, as a table, and whether all of it holds."""
import time

from rich.markup import escape
from rich.table import Table

from chain import accepted_by
from scene import PROFILE
from stack.monitoring import EXPIRY_QUERY
from story import RENEWALS_WANTED

PROMETHEUS_MAY_LAG = 5.0  # seconds: one push, one scrape and one query, each once a second
SETTLING = 10.0  # seconds that a certificate just issued may take to be served and scraped


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


def _unseen(scene, story, track):
    """Serials that the CA has issued for this service and no handshake has shown, or the other way round."""
    with story.lock:
        seen = {serial.serial for serial in track.serials}
    return issued_serials(scene, track.host) ^ seen


def _judge_track(scene, story, track):
    complete = _settled(lambda: not _unseen(scene, story, track))
    answered = _settled(lambda: _prometheus_knows(track))
    told = "no answer" if track.prometheus_left is None else f"{track.prometheus_left:.0f} days left"
    last_failure = f"; the last: {track.last_failure}" if track.failures else ""
    return [
        (f"at least {RENEWALS_WANTED} renewals", track.renewals >= RENEWALS_WANTED, f"{track.renewals} renewals"),
        ("every certificate issued was seen on the wire", complete,
         f"{len(track.serials)} serials" if complete else f"not seen: {', '.join(_unseen(scene, story, track))}"),
        ("no TLS handshake failed", track.failures == 0 and track.handshakes > 0,
         f"{track.handshakes} handshakes, {track.failures} failed{last_failure}"),
        (f"Prometheus answers {EXPIRY_QUERY}", answered, told),
    ] + [(f"{tool} accepts the chain", passed, "" if passed else words)
         for tool, passed, words in accepted_by(scene, track.name)]


def judge(scene, story):
    """[(service, what, passed, remark)]: everything that --once promises."""
    return [(track.host, *row) for track in story.tracks for row in _judge_track(scene, story, track)]


def table(rows):
    result = Table(title="What the demo has shown", title_justify="left", title_style="bold")
    for heading in ("", "service", "checked", "result"):
        result.add_column(heading, overflow="fold")
    for host, what, passed, remark in rows:
        result.add_row("[green]ok[/]" if passed else "[bold red]FAILED[/]", host, escape(what), escape(remark))
    return result
